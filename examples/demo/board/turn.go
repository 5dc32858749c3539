package board

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Key is the key of the page's item in the region.
func (v Visit) Key() string { return "page" + strings.ReplaceAll(v.Page.Path, "/", "-") }

// newest returns the last visit to each page, of visits that begin with the latest
// one, as many as are shown.
func newest(visits []Visit) []Visit {
	var list []Visit
	for _, v := range visits {
		if len(list) < latest && v.in(list) < 0 {
			list = append(list, v)
		}
	}
	return list
}

// in returns the index of the page of v in a list, or -1.
func (v Visit) in(list []Visit) int {
	return slices.IndexFunc(list, func(w Visit) bool { return v.Page == w.Page })
}

// turn is the event that makes the list now of the list old: pages that have been
// visited again move to the top, with a new time. Open boards may have a list between
// the two, as they read it when they load.
func (b *Board) turn(old, now []Visit) templ.Component {
	var events []templ.Component
	list := slices.Clone(old)
	for _, v := range slices.Backward(now) {
		switch i := v.in(list); {
		case i < 0:
			events = append(events, b.visits.Prepend(v.Key(), VisitView(v)))
			list = slices.Insert(list, 0, v)
		case !v.equal(list[i]):
			events = append(events, b.visits.Replace(v.Key(), VisitView(v)))
			if i > 0 {
				events = append(events, b.visits.Move(v.Key(), list[0].Key()))
			}
			list = slices.Insert(slices.Delete(list, i, i+1), 0, v)
		}
	}
	if len(old) == 0 || !slices.EqualFunc(list[:len(now)], now, Visit.equal) { // the clocks of instances differ
		return b.visits.ReplaceAll(b.VisitsView(now))
	}
	return templ.Join(events...)
}
