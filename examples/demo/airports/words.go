package airports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

// nameOf returns the name of an airport, with its code.
func nameOf(a flights.Airport) string { return fmt.Sprintf("%s (%s)", a.Name, a.Code) }

// placeOf returns the city and the state of an airport. The data has "NA" where
// they are not known.
func placeOf(a flights.Airport) string {
	if a.City == "NA" {
		return "the United States"
	}
	return a.City + ", " + a.State
}

// describe is the description of the page, for search engines and previews.
func describe(a flights.Airport) string {
	return fmt.Sprintf("Departures from %s in %s: how many were late, how late, and where they went.", a.Name, placeOf(a))
}

// A State is a group of airports.
type State struct {
	Name     string // two letters
	Airports []flights.Airport
}

// byState groups airports by their state.
func byState(airports []flights.Airport) (states []State) {
	sorted := slices.Clone(airports)
	slices.SortStableFunc(sorted, func(a, b flights.Airport) int { return cmp.Compare(a.State, b.State) })
	for _, a := range sorted {
		if n := len(states); n == 0 || states[n-1].Name != a.State {
			states = append(states, State{Name: a.State})
		}
		last := &states[len(states)-1]
		last.Airports = append(last.Airports, a)
	}
	return states
}

// similar returns the airports whose code differs in one letter, or whose city
// begins with code.
func similar(code string, airports []flights.Airport) (found []flights.Airport) {
	for _, a := range airports {
		differs := len(code) != len(a.Code)
		n := 0
		for i := range min(len(code), len(a.Code)) {
			if code[i] != a.Code[i] {
				n++
			}
		}
		city := strings.ToUpper(a.City)
		if !differs && n == 1 || len(code) >= 3 && strings.HasPrefix(city, code) {
			found = append(found, a)
		}
	}
	return found
}
