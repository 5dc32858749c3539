package flights_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

// at is the minute of a time of day in 2001.
func at(month time.Month, day, hour int) int {
	return int(time.Date(2001, month, day, hour, 0, 0, 0, time.UTC).Sub(flights.Epoch) / time.Minute)
}

// known is so small that every answer can be told by looking at it. January 1
// was a Monday.
var known = &flights.Set{
	Airports: []flights.Airport{
		{Code: "AAA", Name: "Alpha Field", City: "Alpha", State: "AL"},
		{Code: "BBB", Name: "Beta Field", City: "Beta", State: "BE"},
		{Code: "CCC", Name: "Gamma Field", City: "Gamma", State: "GA"},
	},
	Routes: []flights.Route{
		{Origin: "AAA", Destination: "BBB", Miles: 100},
		{Origin: "BBB", Destination: "AAA", Miles: 100},
		{Origin: "AAA", Destination: "CCC", Miles: 2600},
	},
	Flights: []flights.Flight{
		{Minute: at(time.January, 1, 0), Delay: -20, Route: 0},
		{Minute: at(time.January, 1, 7), Delay: 14, Route: 0},
		{Minute: at(time.January, 2, 7), Delay: 15, Route: 0},
		{Minute: at(time.January, 7, 23), Delay: -1, Route: 1},
		{Minute: at(time.February, 1, 0), Delay: 500, Route: 2},
	},
}

// all is no Filter.
var all flights.Filter

func TestQuestions(t *testing.T) {
	db := open(t, known)
	ctx := t.Context()

	t.Run("totals", func(t *testing.T) {
		got, err := db.Totals(ctx, all)
		want := flights.Totals{Flights: 5, Routes: 3, LateShare: 2. / 5, Mean: 508. / 5, Worst: 500, Lost: 8}
		if err != nil || got != want {
			t.Errorf("Totals() = %+v, %v, want %+v", got, err, want)
		}
	})
	t.Run("a month ends before the next one begins", func(t *testing.T) {
		got, err := db.Totals(ctx, flights.Filter{Month: time.January})
		if err != nil || got.Flights != 4 || got.Worst != 15 {
			t.Errorf("Totals(January) = %+v, %v, want 4 flights, at worst 15 minutes late", got, err)
		}
	})
	t.Run("a haul is a class of distances", func(t *testing.T) {
		for haul, want := range map[flights.Haul]int{flights.AnyHaul: 5, flights.Short: 4, flights.Medium: 0, flights.Long: 1} {
			if got, err := db.Totals(ctx, flights.Filter{Haul: haul}); err != nil || got.Flights != want {
				t.Errorf("Totals(%d) = %+v, %v, want %d flights", haul, got, err, want)
			}
		}
	})
	t.Run("delays fall into bands that begin with their number", func(t *testing.T) {
		got, err := db.Delays(ctx, all)
		want := []flights.Band{
			{From: -30, Flights: 1, Mean: -20},
			{From: -15, Flights: 1, Mean: -1},
			{From: 0, Flights: 1, Mean: 14},
			{From: 15, Flights: 1, LateShare: 1, Mean: 15},
			{From: 120, Flights: 1, LateShare: 1, Mean: 500},
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Delays() = %+v, %v, want %+v", got, err, want)
		}
	})
	t.Run("distances beyond the last band are in it", func(t *testing.T) {
		got, err := db.Distances(ctx, all)
		want := []flights.Band{{From: 0, Flights: 4, LateShare: .25, Mean: 2}, {From: 2500, Flights: 1, LateShare: 1, Mean: 500}}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Distances() = %+v, %v, want %+v", got, err, want)
		}
	})
	t.Run("hours of the week", func(t *testing.T) {
		got, err := db.Hours(ctx, all)
		want := []flights.Hour{
			{Weekday: 0, Hour: 0, Flights: 1},
			{Weekday: 0, Hour: 7, Flights: 1},
			{Weekday: 1, Hour: 7, Flights: 1, LateShare: 1},
			{Weekday: 3, Hour: 0, Flights: 1, LateShare: 1},
			{Weekday: 6, Hour: 23, Flights: 1},
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Hours() = %+v, %v, want %+v", got, err, want)
		}
	})
	t.Run("a week is the seven days with flights that end with a day", func(t *testing.T) {
		got, err := db.Days(ctx, flights.Filter{Month: time.January})
		if err != nil || len(got) != 3 {
			t.Fatalf("Days() = %+v, %v, want three", got, err)
		}
		if d := got[1]; !d.Date.Equal(flights.Epoch.AddDate(0, 0, 1)) || d.LateShare != 1 || math.Abs(d.Week-1./3) > 1e-9 {
			t.Errorf("Days()[1] = %+v, want January 2, all late, a third of the week", d)
		}
	})
	t.Run("a percentile is a delay that was had", func(t *testing.T) {
		got, err := db.Spread(ctx, all, "AAA")
		want := flights.Spread{Flights: 4, P50: 14, P90: 500, P99: 500}
		if err != nil || got != want {
			t.Errorf("Spread(AAA) = %+v, %v, want %+v", got, err, want)
		}
		week, err := db.Weekdays(ctx, all)
		if want := (flights.Spread{Flights: 2, P50: -20, P90: 14, P99: 14}); err != nil || week[0] != want {
			t.Errorf("Weekdays()[0] = %+v, %v, want %+v", week[0], err, want)
		}
		if got, err := db.Spread(ctx, all, "CCC"); err != nil || got != (flights.Spread{}) {
			t.Errorf("Spread(CCC) = %+v, %v, want none, since no flight departs there", got, err)
		}
	})
	t.Run("the busiest routes count both directions", func(t *testing.T) {
		got, err := db.Busiest(ctx, all)
		if err != nil || len(got) != 2 {
			t.Fatalf("Busiest() = %+v, %v, want two routes", got, err)
		}
		if l := got[0]; l.From.City != "Alpha" || l.To.City != "Beta" || l.Flights != 4 || l.LateShare != .25 || l.Miles != 100 {
			t.Errorf("Busiest()[0] = %+v, want four flights between Alpha and Beta, a quarter late", l)
		}
	})
	t.Run("the uneven routes compare with the way back", func(t *testing.T) {
		got, err := db.Uneven(ctx, all)
		if err != nil || len(got) != 1 || got[0].From.Code != "AAA" || got[0].Mean != 3 || got[0].Back != -1 {
			t.Errorf("Uneven() = %+v, %v, want AAA to BBB only, 3 there and -1 back", got, err)
		}
	})
	t.Run("the worst airports come first", func(t *testing.T) {
		got, err := db.Worst(ctx, all)
		if err != nil || len(got) != 2 || got[0].Code != "AAA" || got[0].LateShare != .5 || got[1].LateShare != 0 {
			t.Errorf("Worst() = %+v, %v, want AAA with a half, then BBB", got, err)
		}
	})
	t.Run("the hubs have most flights", func(t *testing.T) {
		got, err := db.Hubs(ctx, all)
		if err != nil || len(got) != 2 || got[0].City != "Alpha" || got[0].Flights != 4 {
			t.Errorf("Hubs() = %+v, %v, want Alpha with four flights, then Beta", got, err)
		}
	})
	t.Run("an airport without flights is there", func(t *testing.T) {
		got, err := db.Place(ctx, all, "CCC")
		if want := (flights.Place{Airport: known.Airports[2]}); err != nil || got != want {
			t.Errorf("Place(CCC) = %+v, %v, want %+v", got, err, want)
		}
		if _, err := db.Place(ctx, all, "XXX"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("Place(XXX) = %v, want sql.ErrNoRows", err)
		}
	})
	t.Run("the routes from an airport know the way back", func(t *testing.T) {
		got, err := db.From(ctx, all, "AAA")
		if err != nil || len(got) != 2 || got[0].To.Code != "BBB" || got[0].Flights != 3 || got[0].Back != -1 || got[1].To.Code != "CCC" {
			t.Errorf("From(AAA) = %+v, %v, want BBB with three flights, then CCC", got, err)
		}
	})
	t.Run("nothing matches a filter", func(t *testing.T) {
		none := flights.Filter{Haul: flights.Medium}
		if got, err := db.Totals(ctx, none); err != nil || got != (flights.Totals{}) {
			t.Errorf("Totals() = %+v, %v, want zeros", got, err)
		}
		if got, err := db.Weekdays(ctx, none); err != nil || got != [7]flights.Spread{} {
			t.Errorf("Weekdays() = %+v, %v, want zeros", got, err)
		}
		if got, err := db.Days(ctx, none); err != nil || len(got) > 0 {
			t.Errorf("Days() = %+v, %v, want none", got, err)
		}
	})
}

func TestAQuestionEndsWithItsContext(t *testing.T) {
	s := first(t, 20_000)
	db := open(t, s)
	cause := errors.New("the visitor has left")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(time.Millisecond, func() { cancel(cause) })
	// In full this takes many times as long.
	if _, err := db.Weekdays(ctx, all); !errors.Is(err, cause) {
		t.Errorf("Weekdays() = %v, want the cause of its context's end", err)
	}
	if got, err := db.Totals(t.Context(), all); err != nil || got.Flights != len(s.Flights) {
		t.Errorf("Totals() = %+v, %v afterwards, want %d flights", got, err, len(s.Flights))
	}
}

// open makes a database of s.
func open(t *testing.T, s *flights.Set) *flights.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a strange name?.sqlite")
	if err := flights.Create(t.Context(), file, s, nil); err != nil {
		t.Fatal(err)
	}
	db, err := flights.OpenFile(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
