package main

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"
)

// A Visit is what the visitor has chosen in the address.
type Visit struct {
	Mode string // "": out of order; or "order" or "complete"
	Slow string // "1": as fast as planned; or "2" or "3"
}

// A Choice is one value of a query parameter, what the page calls it and, of a
// mode, what the page says about it.
type Choice struct{ Value, Label, Lead string }

var (
	modes = []Choice{
		{"", "Out of order", "One request, one response, sent in pieces. " +
			"The shell left at once; each card is filled the moment its load is ready."},
		{"order", "In order", "The same page from top to bottom: no fallbacks, no script. " +
			"What is not ready holds up what stands below it."},
		{"complete", "Complete", "The same page in one piece, sent after its slowest load. " +
			"Because a part of it failed, its status is 500."},
	}
	paces = []Choice{{Value: "1", Label: "Modest"}, {Value: "2", Label: "Slow"}, {Value: "3", Label: "Slower"}}
)

// visitOf reads the query. What it does not know is as if it were not there.
func visitOf(r *http.Request) Visit {
	q := r.URL.Query()
	return Visit{known(modes, q.Get("mode")), known(paces, q.Get("slow"))}
}

func known(choices []Choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return value
		}
	}
	return choices[0].Value
}

// Lead tells the visitor how this page was sent.
func (v Visit) Lead() string {
	i := slices.IndexFunc(modes, func(c Choice) bool { return c.Value == v.Mode })
	return modes[i].Lead
}

// URL is the address of the same page with v's choices.
func (v Visit) URL() templ.SafeURL {
	if v.Mode == "" {
		return templ.URL("/river?slow=" + v.Slow)
	}
	return templ.URL(fmt.Sprintf("/river?mode=%s&slow=%s", v.Mode, v.Slow))
}

// River returns the river that answers at the pace of the visit.
func (v Visit) River() River {
	return River{Pace: map[string]int{"1": 1, "2": 2, "3": 4}[v.Slow]}
}
