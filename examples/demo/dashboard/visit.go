package dashboard

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

// A Visit holds the choices in the address. The default Visit is zero except for
// its Airport.
type Visit struct {
	Mode    string        // a value of modes
	Limit   int           // loads at once; 0 means no limit
	Grace   time.Duration // for loads that are nearly done
	Month   time.Month    // 0 means all
	Haul    flights.Haul
	Airport string // code of the airport in the last panel
}

// A Choice is a value of a query parameter and its label.
type Choice struct{ Value, Label string }

var (
	modes  = []Choice{{"", "Out of order"}, {"order", "In order"}, {"complete", "Complete"}}
	limits = []Choice{{"0", "All"}, {"1", "One"}, {"2", "Two"}, {"4", "Four"}}
	graces = []Choice{{"0", "None"}, {"100", "100 ms"}, {"500", "500 ms"}}
	months = []Choice{{"0", "All"}, {"1", "January"}, {"2", "February"}, {"3", "March"}, {"4", "April"}, {"5", "May"}, {"6", "June"}}
	hauls  = []Choice{{"0", "All"}, {"1", "Below 500 miles"}, {"2", "500 to 1,500"}, {"3", "1,500 and more"}}
)

// leads describe the modes.
var leads = map[string]string{
	"": "The shell was sent at once. Each panel is a question to the database and is filled " +
		"as soon as its answer is there, in any order.",
	"order": "The page is sent from top to bottom, without a fallback or a script. " +
		"All questions are asked at once, but each panel waits for the panels above it.",
	"complete": "The page is sent in one piece, when the last question has been answered. " +
		"Until then there is nothing to see.",
}

// visitOf reads the query. It ignores unknown names and values.
func visitOf(r *http.Request, airports []flights.Airport) Visit {
	q := r.URL.Query()
	v := Visit{
		Mode:    known(modes, q.Get("mode")),
		Limit:   number(limits, q.Get("limit")),
		Grace:   time.Duration(number(graces, q.Get("grace"))) * time.Millisecond,
		Month:   time.Month(number(months, q.Get("month"))),
		Haul:    flights.Haul(number(hauls, q.Get("haul"))),
		Airport: q.Get("airport"),
	}
	if !slices.ContainsFunc(airports, func(a flights.Airport) bool { return a.Code == v.Airport }) {
		v.Airport = usual
	}
	return v
}

// usual is the default airport, the largest.
const usual = "ORD"

func known(choices []Choice, value string) string {
	if slices.ContainsFunc(choices, func(c Choice) bool { return c.Value == value }) {
		return value
	}
	return choices[0].Value
}

func number(choices []Choice, value string) int {
	n, _ := strconv.Atoi(known(choices, value))
	return n
}

// query returns the choices of v as a query.
func (v Visit) query() url.Values {
	q := url.Values{}
	set := func(name, value, none string) {
		if value != none {
			q.Set(name, value)
		}
	}
	set("mode", v.Mode, "")
	set("limit", strconv.Itoa(v.Limit), "0")
	set("grace", strconv.FormatInt(v.Grace.Milliseconds(), 10), "0")
	set("month", strconv.Itoa(int(v.Month)), "0")
	set("haul", strconv.Itoa(int(v.Haul)), "0")
	set("airport", v.Airport, usual)
	return q
}

// with returns the address of the page with another choice.
func (v Visit) with(name, value string) string {
	q := v.query()
	q.Set(name, value)
	if value == "" || value == "0" {
		q.Del(name)
	}
	if len(q) == 0 {
		return "/dashboard"
	}
	return "/dashboard?" + q.Encode()
}

// now returns the current value of a choice.
func (v Visit) now(name string, choices []Choice) string {
	return known(choices, v.query().Get(name))
}

// others returns the choices that a form for name has to carry along.
func (v Visit) others(name string) (others []Choice) {
	q := v.query()
	for _, n := range []string{"mode", "limit", "grace", "month", "haul"} {
		if n != name && q.Has(n) {
			others = append(others, Choice{n, q.Get(n)})
		}
	}
	return others
}

// switches describes the choices besides the mode.
func (v Visit) switches() string {
	at := "no limit"
	if v.Limit > 0 {
		at = fmt.Sprintf("%d at once", v.Limit)
	}
	if v.Grace > 0 {
		at += fmt.Sprintf(", %v grace", v.Grace)
	}
	return at
}
