package main

import "time"

// A Source is where one boundary of the page has its content from.
type Source struct {
	ID    string // in HTML, and the boundary's Name
	Title string
	Takes time.Duration
	How   string // what this boundary is there to show
}

var (
	level   = Source{"level", "Water level", 0, "Ready before the shell left: written in place."}
	weather = Source{"weather", "Weather", 300 * time.Millisecond, "The plain case: a load and a view."}
	packing = Source{"packing", "Packing list", 500 * time.Millisecond, "A boundary inside a list: its chunk is an item."}
	route   = Source{"route", "Route", 600 * time.Millisecond, "Its view holds another boundary."}
	boats   = Source{"boats", "Boats for hire", 800 * time.Millisecond, "A boundary inside a table: its chunk is two rows."}
	ferry   = Source{"ferry", "Ferry back", 900 * time.Millisecond, "Fails: the log has the same digest."}
	locks   = Source{"locks", "Locks on the way", 1100 * time.Millisecond, "Nested, but begun with the page: no waterfall."}
	stops   = Source{"stops", "Good stops", 1200 * time.Millisecond, "Slow children, wrapped in Suspense."}
	webcam  = Source{"webcam", "Webcam at the weir", 1400 * time.Millisecond, "Its load hangs until its time has passed."}
)

// sources are all of them, the fastest first.
var sources = []Source{level, weather, packing, route, boats, ferry, locks, stops, webcam}
