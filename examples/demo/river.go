package main

import (
	"context"
	"errors"
	"time"
)

// A River answers as a handful of services of different speed would.
type River struct {
	Pace int // how many times slower than planned
}

// Takes is how long s lets the page wait.
func (r River) Takes(s Source) time.Duration { return s.Takes * time.Duration(r.Pace) }

// Level is known already.
func (r River) Level(ctx context.Context) (string, error) {
	return "1.42 m", nil
}

// Weather is what to expect on the river.
type Weather struct{ Sky, Wind string }

// Weather asks for the forecast.
func (r River) Weather(ctx context.Context) (Weather, error) {
	return Weather{"19 °C, clear by noon", "light wind from the west"}, wait(ctx, r.Takes(weather))
}

// Packing names what else to take along.
func (r River) Packing(ctx context.Context) (string, error) {
	return "Sun hat, as it will be clear", wait(ctx, r.Takes(packing))
}

// A Route is the way of the day.
type Route struct{ From, To, Length string }

// Route finds the way.
func (r River) Route(ctx context.Context) (Route, error) {
	return Route{"the old mill", "the stone bridge", "12 km, about three hours"}, wait(ctx, r.Takes(route))
}

// A Lock opens at certain hours.
type Lock struct{ Name, Hours string }

// Locks lists the locks of the whole river, so it need not wait for the route.
func (r River) Locks(ctx context.Context) ([]Lock, error) {
	return []Lock{{"Upper lock", "9:00 to 18:00"}, {"Weir lock", "10:00 to 17:00"}}, wait(ctx, r.Takes(locks))
}

// A Boat is for hire, with its price for a day.
type Boat struct{ Name, Seats, Day string }

// Boats lists the boats that are free.
func (r River) Boats(ctx context.Context) ([]Boat, error) {
	return []Boat{{"Rowing boat", "4", "38.00"}, {"Raft", "8", "90.00"}}, wait(ctx, r.Takes(boats))
}

// Ferry fails.
func (r River) Ferry(ctx context.Context) (string, error) {
	if err := wait(ctx, r.Takes(ferry)); err != nil {
		return "", err
	}
	return "", errors.New("timetable: connection refused")
}

// Webcam hangs.
func (r River) Webcam(ctx context.Context) (string, error) {
	return "", wait(ctx, time.Hour)
}

// Stops lists places to rest.
func (r River) Stops(ctx context.Context) ([]string, error) {
	return []string{"Sandbank below the first bend", "Meadow with the three poplars", "Landing stage at the weir"},
		wait(ctx, r.Takes(stops))
}

// wait is where a real service would do its work.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
