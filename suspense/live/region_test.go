package live_test

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
	"github.com/rivulet-go/rivulet/suspense/live"
)

func TestRegion(t *testing.T) {
	row := html("<li>row</li>")
	limited := board
	limited.Limit = 3
	for _, tt := range []struct {
		name string
		c    templ.Component
		want string
	}{
		{"an item stands between markers", board.Item("17", row), `<?start name="board.17"><li>row</li><?end name="board.17">`},
		{"ReplaceAll is for the region", board.ReplaceAll(row), `<template id="board" for="board"><?start name="board"><?marker name="board.start"><li>row</li><?marker name="board.end"><?end name="board"></template>`},
		{"ReplaceAll with nothing empties it", board.ReplaceAll(nil), `<template id="board" for="board"><?start name="board"><?marker name="board.start"><?marker name="board.end"><?end name="board"></template>`},
		{"Append is for the end, which it marks again", board.Append("17", row), `<template id="board.17" for="board.end"><?start name="board.17"><li>row</li><?end name="board.17"><?marker name="board.end"></template>`},
		{"Prepend is for the start, which it marks again", board.Prepend("17", row), `<template id="board.17" for="board.start"><?marker name="board.start"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"Before is for the other item, which stays", board.Before("17", "16", row), `<template id="board.17" for="?before board.16"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"After is, too", board.After("17", "16", row), `<template id="board.17" for="?after board.16"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"Move is an order", board.Move("17", "16"), `<template for="?move board.17 board.16"></template>`},
		{"Move to the end is to the marker there", board.Move("17", ""), `<template for="?move board.17 board.end"></template>`},
		{"Append carries the limit", limited.Append("17", row), `<template id="board.17" for="board.end" data-limit="3"><?start name="board.17"><li>row</li><?end name="board.17"><?marker name="board.end"></template>`},
		{"Prepend carries the limit", limited.Prepend("17", row), `<template id="board.17" for="board.start" data-limit="3"><?marker name="board.start"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"After carries the limit", limited.After("17", "16", row), `<template id="board.17" for="?after board.16" data-limit="3"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"Replace adds nothing, so it carries no limit", limited.Replace("17", row), `<template id="board.17" for="board.17"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"Replace is for the item", board.Replace("17", row), `<template id="board.17" for="board.17"><?start name="board.17"><li>row</li><?end name="board.17"></template>`},
		{"Remove leaves nothing in the item's place", board.Remove("17"), `<template for="board.17"></template>`},
		{"Refresh is an order, not for a marker", board.Refresh("product/reviews"), `<template for="?refresh product/reviews"></template>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rendered(t, tt.c); got != tt.want {
				t.Errorf("Render() wrote %s, want %s", got, tt.want)
			}
		})
	}

	t.Run("what is published waits for its boundaries", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			got := rendered(t, board.Append("17", suspense.Await(html("dots"), pagetest.Value(100*ms, "row"), html)))
			if want := `<?start name="board.17">row<?end name="board.17">`; !strings.Contains(got, want) {
				t.Errorf("Render() wrote %s, want %s in it", got, want)
			}
		})
	})

	t.Run("content that fails is an error", func(t *testing.T) {
		fails := templ.ComponentFunc(func(context.Context, io.Writer) error { return errBoom })
		if err := board.Append("17", fails).Render(t.Context(), io.Discard); !errors.Is(err, errBoom) {
			t.Errorf("Render() = %v, want %v", err, errBoom)
		}
	})

	for name, c := range map[string]templ.Component{
		"Before": board.Before("17", "17", row), "After": board.After("17", "17", row), "Move": board.Move("17", "17"),
		"Before nothing": board.Before("17", "", row), "After nothing": board.After("17", "", row),
	} {
		t.Run(name+" refuses the item itself, or none, for the other one", func(t *testing.T) {
			if err := c.Render(t.Context(), io.Discard); err == nil {
				t.Error("Render() = nil, want an error")
			}
		})
	}

	for _, path := range []string{"", "/", "a/", "/a", "1", "a b", `a"`} {
		if err := board.Refresh(path).Render(t.Context(), io.Discard); err == nil {
			t.Errorf("Refresh(%q) renders, want an error", path)
		}
	}

	long := strings.Repeat("x", 64)
	for _, name := range []string{"", "1", "-a", "a.b", "a b", `a"`, "é", long} {
		t.Run("refuses the name "+name, func(t *testing.T) {
			r := board
			r.Name = name
			for _, c := range []templ.Component{live.Await(r, nil, pagetest.Value(0, ""), html), r.ReplaceAll(row), r.Item("17", row), r.Remove("17")} {
				if err := c.Render(t.Context(), io.Discard); err == nil {
					t.Error("Render() = nil, want an error")
				}
			}
		})
	}
	for _, key := range []string{"", "start", "end", "live", "a.b", "a b", `a"`, "<", "é", long} {
		t.Run("refuses the key "+key, func(t *testing.T) {
			for _, c := range []templ.Component{board.Item(key, row), board.Append(key, row), board.Prepend(key, row), board.Replace(key, row), board.Remove(key),
				board.Before(key, "17", row), board.After(key, "17", row), board.Move(key, "17"), board.Before("17", key, row), board.After("17", key, row)} {
				if err := c.Render(t.Context(), io.Discard); err == nil {
					t.Error("Render() = nil, want an error")
				}
			}
		})
	}
}

func TestRegionURL(t *testing.T) {
	for _, bad := range []string{
		"", "https://example.com/events", "//example.com/events", "///example.com", "javascript:x", "data:,",
		"?topic=1", "/events#top", "/events#", "a:b", "http:events", "/%zz",
	} {
		t.Run("refuses "+bad, func(t *testing.T) {
			r := board
			r.URL = bad
			if err := live.Await(r, nil, pagetest.Value(0, ""), html).Render(t.Context(), io.Discard); err == nil {
				t.Error("Render() = nil, want an error")
			}
		})
	}
	for given, want := range map[string]string{
		"/events":           "/events?lastEventId=k3f9-",
		"events":            "events?lastEventId=k3f9-",
		"/events?":          "/events?&lastEventId=k3f9-",
		"/events?a=1&b=%22": "/events?a=1&b=%22&lastEventId=k3f9-",
		`/é "<>\x`:          "/%C3%A9%20%22%3C%3E%5Cx?lastEventId=k3f9-",
		`/\example.com/a`:   "/%5Cexample.com/a?lastEventId=k3f9-",
		"/a?x='{`}|&copy=ü": "/a?x=%27%7B%60%7D%7C&copy=%C3%BC&lastEventId=k3f9-",
	} {
		t.Run("writes "+given, func(t *testing.T) {
			r := board
			r.URL = given
			if got := urlOf(t, rendered(t, live.Await(r, nil, pagetest.Value(0, ""), html))); got != want {
				t.Errorf("URL %s, want %s", got, want)
			}
		})
	}
}

var order = regexp.MustCompile(`<\?live board 12 ([^ >]*)><template data-r></template><\?end name="board\.live">$`)

func urlOf(t *testing.T, page string) string {
	t.Helper()
	m := order.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("page %s, want an order at its end", page)
	}
	return m[1]
}

// Whatever the program's names, positions and URLs hold, the page holds what is
// harmless or nothing at all.
func FuzzRegion(f *testing.F) {
	f.Add("board", "17", "/events?x=1", "k3f9-12")
	f.Add(`b"`, "<", `//\x`, `1-1"`)
	f.Add("b", "-->", "/\r\n<script>", "é-1")
	whole := regexp.MustCompile(`^<\?start name="[\w-]+\.live"><\?start name="[\w-]+"><\?marker name="[\w-]+\.start"><\?start name="[\w-]+\.[\w-]+"><\?end name="[\w-]+\.[\w-]+">` +
		`<\?marker name="[\w-]+\.end"><\?end name="[\w-]+"><\?live [\w-]+ \d+ [!#-&(-;=?-\[\]^_a-z~]*><template data-r></template><\?end name="[\w-]+\.live">$`)
	f.Fuzz(func(t *testing.T, name, key, url, id string) {
		r := live.Region{Name: name, URL: url, Position: at(id), Script: stream.NoScript()}
		sorry := suspense.ErrorView(func(*stream.BoundaryError) templ.Component { return html("sorry") })
		var b strings.Builder
		err := live.Await(r, nil, pagetest.Value(0, ""), func(string) templ.Component { return r.Item(key, nil) }, sorry).Render(t.Context(), &b)
		if got := b.String(); err == nil && got != "sorry" && !whole.MatchString(got) {
			t.Errorf("Render() wrote %q", got)
		}
		if err != nil && b.Len() > 0 {
			t.Errorf("Render() = %v and wrote %q, want nothing", err, b.String())
		}
	})
}
