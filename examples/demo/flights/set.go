package flights

import "time"

// A Set is flights with the routes and airports that they refer to.
type Set struct {
	Airports []Airport
	Routes   []Route
	Flights  []Flight // in the order of their departure
}

// An Airport is where flights begin and end.
type Airport struct {
	Code  string // of the IATA, three letters
	Name  string
	City  string
	State string // two letters
}

// A Route leads from one airport to another.
type Route struct {
	Origin, Destination string // codes of airports
	Miles               int
}

// A Flight is one that took place.
type Flight struct {
	Minute int // of its departure, local time, counted from Epoch
	Delay  int // at arrival, in minutes; negative: it was early
	Route  int // index into the Routes of its Set
}

// Epoch is where the counting of minutes begins: midnight of a Monday. Local
// times have no zone here.
var Epoch = time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)
