package dashboard

import (
	"fmt"
	"math"

	"github.com/rivulet-go/rivulet/examples/demo/chart"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
)

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// week arranges hours for a heat map. An hour with very few departures is left
// empty, since its share says nothing.
func week(hours []flights.Hour) chart.Heat {
	h := chart.Heat{
		Title: "Share of late flights by weekday and hour of departure; hours with fewer than 30 flights are empty",
		Rows:  weekdays,
		Ticks: []string{"0:00", "3:00", "6:00", "9:00", "12:00", "15:00", "18:00", "21:00"},
		Text:  layout.Percent,
	}
	for hour := range 24 {
		h.Columns = append(h.Columns, fmt.Sprintf("%d:00", hour))
	}
	for range weekdays {
		h.Cells = append(h.Cells, make([]float64, 24))
	}
	for _, row := range h.Cells {
		for i := range row {
			row[i] = math.NaN()
		}
	}
	for _, hour := range hours {
		if hour.Flights >= 30 {
			h.Cells[hour.Weekday][hour.Hour] = hour.LateShare
		}
	}
	return h
}

// calendar arranges days for a line chart.
func calendar(days []flights.Day) chart.Plot {
	p := chart.Plot{Title: "Share of late flights, day by day", Text: layout.Percent}
	day, week := chart.Series{Name: "a day"}, chart.Series{Name: "the week before it"}
	for i, d := range days {
		p.Names = append(p.Names, d.Date.Format("Jan 2"))
		day.Values = append(day.Values, d.LateShare)
		week.Values = append(week.Values, d.Week)
		if n := (len(days) + 5) / 6; i%n == 0 {
			p.Ticks = append(p.Ticks, d.Date.Format("Jan 2"))
		}
	}
	p.Series = []chart.Series{day, week}
	return p
}

// delays names bands of delays.
func delays(bands []flights.Band) (bars []chart.Bar) {
	for _, b := range bands {
		name := fmt.Sprintf("%d to %d min", b.From, b.From+14)
		switch b.From {
		case -30:
			name = "over 15 early"
		case -15:
			name = "1 to 15 early"
		case 120:
			name = "2 h and more"
		}
		bars = append(bars, chart.Bar{Name: name, Value: float64(b.Flights), Text: layout.Count(b.Flights)})
	}
	return bars
}

// distances names bands of distances.
func distances(bands []flights.Band) (bars []chart.Bar) {
	for _, b := range bands {
		name := fmt.Sprintf("from %s", layout.Count(b.From))
		bars = append(bars, chart.Bar{Name: name, Value: b.LateShare, Text: layout.Percent(b.LateShare)})
	}
	return bars
}

// places names airports.
func places(places []flights.Place) (bars []chart.Bar) {
	for _, p := range places {
		bars = append(bars, chart.Bar{Name: p.Code + " " + p.City, Value: p.LateShare, Text: layout.Percent(p.LateShare)})
	}
	return bars
}
