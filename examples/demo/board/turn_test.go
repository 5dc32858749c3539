package board

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
)

func TestTurn(t *testing.T) {
	b, err := Open(filepath.Join(t.TempDir(), "guests.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Shutdown(context.Background()); _ = b.Close() })

	// visits are those of pages, a letter each, at the seconds of their digits.
	visits := func(list string) (all []Visit) {
		for _, f := range strings.Fields(list) {
			all = append(all, Visit{layout.Page{Path: "/" + f[:1]}, time.Unix(int64(f[1]), 0)})
		}
		return all
	}
	for _, row := range []struct{ name, old, now, want string }{
		{"a page that is visited again moves to the top", "a3 b2 c1", "c4 a3 b2", "replace c, move c before a"},
		{"the first one stays there", "a3 b2", "a4 b2", "replace a"},
		{"a page that was not there comes first", "a3 b2", "c4 a3 b2", "prepend c"},
		{"several move one after the other", "a3 b2 c1", "b5 c4 a3", "replace c, move c before a, replace b, move b before c"},
		{"the last ones leave", "a5 b4 c3 d2 e1", "f6 a5 b4 c3 d2", "prepend f"},
		{"an empty list is replaced", "", "a1", "all"},
		{"a list of another order is, too", "a3 b2", "b2 a3", "all"},
	} {
		t.Run(row.name, func(t *testing.T) {
			html, err := templ.ToGoHTML(t.Context(), b.turn(visits(row.old), visits(row.now)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, event := range strings.Split(string(html), "<template ")[1:] {
				var keys []string
				for _, part := range strings.Split(event, "visits.page-")[1:] {
					keys = append(keys, part[:1])
				}
				switch {
				case strings.HasPrefix(event, `for="?move `):
					got = append(got, "move "+keys[0]+" before "+keys[1])
				case strings.Contains(event, `for="visits.start"`):
					got = append(got, "prepend "+keys[0])
				case strings.HasPrefix(event, `id="visits"`):
					got = append(got, "all")
				default:
					got = append(got, "replace "+keys[0])
				}
			}
			if s := strings.Join(got, ", "); s != row.want {
				t.Errorf("turn() = %s, want %s: %s", s, row.want, html)
			}
		})
	}
}
