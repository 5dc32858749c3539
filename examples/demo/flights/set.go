package flights

import "time"

// A Set holds flights, with the routes and airports that they refer to.
type Set struct {
	Airports []Airport
	Routes   []Route
	Flights  []Flight // in the order of their departure
}

// An Airport is the origin or destination of flights.
type Airport struct {
	Code  string // three letters, assigned by the IATA
	Name  string
	City  string
	State string // two letters
}

// A Route leads from one airport to another.
type Route struct {
	Origin, Destination string // codes of airports
	Miles               int
}

// A Flight is a flight that took place.
type Flight struct {
	Minute int // minutes from Epoch to the departure, in local time
	Delay  int // delay at arrival in minutes; negative if early
	Route  int // index into the Routes of its Set
}

// Epoch is the time from which minutes are counted: midnight of a Monday. Local
// times have no zone here.
var Epoch = time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)
