package live

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// Patches use the HTML standard's <template for>: its content replaces the part of
// the page with that name. See the script live for the attribute id. The form is a
// protocol: pages that were sent long ago must understand it.

// Item returns content as an item of the region, which can be changed by itself.
// Use it in the view of the region and in the content of [Region.ReplaceAll].
//
//	for _, g := range games {
//		@board.Item(g.Key, Row(g))
//	}
//
// The key identifies the item within the region. It consists of letters, digits,
// _ and -, and is not "start", "end" or "live". With any other key the component
// fails to render. The same holds for all methods that take a key.
func (r Region) Item(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openItem(name), closeItem(name)
	})
}

// ReplaceAll returns a component to publish. It replaces the whole content of the
// region.
func (r Region) ReplaceAll(content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := r.check(); err != nil {
			return err
		}
		return between(ctx, w, openPatch(r.Name, r.Name)+r.open(), content, r.close()+closePatch)
	})
}

// Append returns a component to publish. It adds content as the last item of the
// region. If the region has an item with that key, content replaces it in place.
func (r Region) Append(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return r.openAdd(name, r.Name+".end") + openItem(name), closeItem(name) + r.marker("end") + closePatch
	})
}

// Prepend returns a component to publish. It adds content as the first item of
// the region. If the region has an item with that key, content replaces it in
// place.
func (r Region) Prepend(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return r.openAdd(name, r.Name+".start") + r.marker("start") + openItem(name), closeItem(name) + closePatch
	})
}

// Before returns a component to publish. It adds content as an item directly before
// the item with the other key. If the region has an item with the first key, content
// replaces it in place. If it has neither, nothing happens.
func (r Region) Before(key, other string, content templ.Component) templ.Component {
	return r.beside("before", key, other, content)
}

// After returns a component to publish. It adds content as an item directly after
// the item with the other key. If the region has an item with the first key, content
// replaces it in place. If it has neither, nothing happens.
func (r Region) After(key, other string, content templ.Component) templ.Component {
	return r.beside("after", key, other, content)
}

// Move returns a component to publish. It moves the item with the first key directly
// before the item with the other key, or to the end of the region if other is empty.
// If the region lacks one of them, nothing happens. Focus, selection, scroll
// positions, frames and videos in the item survive where the browser has moveBefore,
// as Chromium has since version 133 and Firefox since 144. In other browsers, the
// focus and the scroll positions of elements with an id return.
//
// To change an item and move it in one event, publish the templ.Join of Replace and
// Move.
//
// A page may receive an event whose change is already in its content, if it was
// published while the region loaded: see [Await]. If it receives several such moves,
// its items may stand in another order than in the content, until they are moved again
// or ReplaceAll is published.
func (r Region) Move(key, other string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		name, err := r.itemName(key)
		if err != nil {
			return err
		}
		before := r.Name + ".end"
		if other != "" {
			if before, err = r.otherName(key, other); err != nil {
				return err
			}
		}
		_, err = io.WriteString(w, `<template for="?move `+name+` `+before+`">`+closePatch)
		return err
	})
}

// beside returns content as an item beside another one.
func (r Region) beside(where, key, other string, content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		place, err := r.otherName(key, other)
		if err != nil {
			return err
		}
		return r.framed(key, content, func(name string) (start, end string) {
			return r.openAdd(name, "?"+where+" "+place) + openItem(name), closeItem(name) + closePatch
		}).Render(ctx, w)
	})
}

// Replace returns a component to publish. It replaces the item with that key. If
// the region has no such item, nothing happens.
func (r Region) Replace(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, name) + openItem(name), closeItem(name) + closePatch
	})
}

// Remove returns a component to publish. It removes the item with that key. If
// the region has no such item, nothing happens.
func (r Region) Remove(key string) templ.Component {
	return r.framed(key, nil, func(name string) (start, end string) {
		return `<template for="` + name + `">`, closePatch
	})
}

// Refresh returns a component to publish. Each page that has the region requests the
// boundary with that key anew, for its own visitor, within 3 s: see [suspense.Key]. So
// visitors with different rights can share a topic. A page that the topic cannot send
// the event, after a gap, does not request the boundary: add [suspense.Every] to one
// that must not stay as it is then. path is the key or, for a boundary
// within others with keys, all keys, such as product/reviews. The component of an
// invalid path fails to render.
func (r Region) Refresh(path string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if !goodPath.MatchString(path) {
			return fmt.Errorf("live: invalid path of keys %q", path)
		}
		_, err := io.WriteString(w, `<template for="?refresh `+path+`">`+closePatch)
		return err
	})
}

// framed returns content between the two strings that frame returns for the name
// of the item.
func (r Region) framed(key string, content templ.Component, frame func(name string) (start, end string)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		name, err := r.itemName(key)
		if err != nil {
			return err
		}
		start, end := frame(name)
		return between(ctx, w, start, content, end)
	})
}

// between writes c between start and end.
func between(ctx context.Context, w io.Writer, start string, c templ.Component, end string) error {
	if _, err := io.WriteString(w, start); err != nil {
		return err
	}
	if c != nil {
		if err := c.Render(templ.ClearChildren(ctx), w); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, end)
	return err
}

// open and close are the markers around the content of the region, including the
// markers for Prepend and Append.
func (r Region) open() string  { return `<?start name="` + r.Name + `">` + r.marker("start") }
func (r Region) close() string { return r.marker("end") + closeItem(r.Name) }

func (r Region) marker(which string) string {
	return `<?marker name="` + r.Name + `.` + which + `">`
}

func openItem(name string) string  { return `<?start name="` + name + `">` }
func closeItem(name string) string { return `<?end name="` + name + `">` }

// openPatch opens a patch of the part of the page with that name or, if there is
// none, of the marker.
func openPatch(name, marker string) string {
	return `<template id="` + name + `" for="` + marker + `">`
}

// openAdd opens a patch that may add an item, and then removes others beyond the
// Limit.
func (r Region) openAdd(name, marker string) string {
	if r.Limit <= 0 {
		return openPatch(name, marker)
	}
	return `<template id="` + name + `" for="` + marker + `" data-limit="` + strconv.Itoa(r.Limit) + `">`
}

const closePatch = `</template>`
