package lab

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Visit holds the choices in the address.
type Visit struct {
	Mode                           string // a value of modes
	Card, Item, Rows, Outer, Inner Part
}

// A Choice is a value of a query parameter and its label.
type Choice struct{ Value, Label string }

var modes = []Choice{{"", "Out of order"}, {"order", "In order"}, {"complete", "Complete"}}

// slowest is the longest wait that a visitor may choose.
const slowest = 5 * time.Second

// parts are the defaults: failures that take no time.
var parts = Visit{
	Card:  Part{ID: "card", Title: "A card", How: "Await in a card: a load and a view.", Does: "error"},
	Item:  Part{ID: "item", Title: "An item of a list", How: "Suspense in a ul: its children do the work.", Does: "succeed", Own: true},
	Rows:  Part{ID: "rows", Title: "Rows of a table", How: "Await in a tbody: its content is rows.", Does: "panic", Own: true},
	Outer: Part{ID: "outer", Title: "A card with another inside", How: "Its view holds the boundary of the next one.", Does: "succeed"},
	Inner: Part{ID: "inner", Title: "The one inside", How: "It begins when the card around it is shown.", Does: "view"},
}

// A preset is an interesting visit: a query of the lab, or the address of a page of its
// own.
type preset struct {
	Label string
	query string
}

// URL returns the address of the preset.
func (p preset) URL() string {
	if strings.HasPrefix(p.query, "/") {
		return p.query
	}
	return "/lab?" + p.query
}

var presets = []preset{
	{"All succeed, one after the other", "card=succeed&card.ms=300&item=succeed&item.ms=600&rows=succeed&rows.ms=900&outer=succeed&outer.ms=1200&inner=succeed&inner.ms=600"},
	{"Each fails in its own way", "card=error&card.ms=300&item=goexit&item.ms=600&item.own=1&rows=panic&rows.ms=900&rows.own=1&outer=succeed&outer.ms=1200&inner=timeout&inner.ms=600"},
	{"One ignores its timeout", "card=ignore&card.ms=800&card.own=1&item=succeed&item.ms=200&rows=succeed&rows.ms=400&outer=succeed&outer.ms=600&inner=succeed&inner.ms=900"},
	{"The page is cut, and says so after 20 s", "card=succeed&card.ms=300&item=succeed&item.ms=1800&rows=cut&rows.ms=900&outer=succeed&outer.ms=600&inner=succeed&inner.ms=900"},
	{"The outer one fails while the inner one loads", "card=succeed&item=succeed&rows=succeed&outer=view&outer.ms=800&inner=succeed&inner.ms=800"},
}

// decisions are visits in which a boundary decides the status of the page, before
// the first byte and after it.
var decisions = []preset{
	{"404 in time", "card=missing&card.ms=800&card.critical=1&" + others},
	{"404 too late", "card=missing&card.ms=800&" + others},
	{"Redirect in time", "card=moved&card.ms=800&card.critical=1&" + others},
	{"Redirect too late", "card=moved&card.ms=800&" + others},
	{"503 in time", "card=down&card.ms=800&card.critical=1&" + others},
	{"503 too late", "card=down&card.ms=800&" + others},
	{"A critical part succeeds", "card=succeed&card.ms=800&card.critical=1&" + others},
	{"An optional part fails", "card=error&card.ms=800&card.optional=1&" + others},
}

// others are the choices for the boundaries that decide nothing.
const others = "item=succeed&item.ms=1500&rows=succeed&rows.ms=400&outer=succeed&outer.ms=600&inner=succeed&inner.ms=900"

// visitOf reads the query. It ignores unknown names and values.
func visitOf(r *http.Request) Visit {
	q := r.URL.Query()
	v := parts
	for _, p := range v.parts() {
		p.choose(q)
	}
	if mode := q.Get("mode"); slices.ContainsFunc(modes, func(c Choice) bool { return c.Value == mode }) {
		v.Mode = mode
	}
	return v
}

func (v *Visit) parts() []*Part { return []*Part{&v.Card, &v.Item, &v.Rows, &v.Outer, &v.Inner} }

// choose applies the choices in q to p.
func (p *Part) choose(q url.Values) {
	does := q.Get(p.ID)
	if !slices.ContainsFunc(deeds, func(d deed) bool { return d.Value == does }) {
		return
	}
	ms, _ := strconv.Atoi(q.Get(p.ID + ".ms"))
	p.Does = does
	p.After = min(time.Duration(max(0, min(ms, 1e6)))*time.Millisecond, slowest)
	p.Own = q.Has(p.ID + ".own")
	p.Critical = q.Has(p.ID + ".critical")
	p.Optional = q.Has(p.ID + ".optional")
}

// card returns the id of the card that contains a boundary.
func card(name string) string {
	if name == parts.Inner.ID {
		return parts.Outer.ID
	}
	return name
}
