package suspense

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// What is published is the HTML standard's <template for>, in which what has
// the same name takes the place of what stands in the page; see the script live
// for the attribute id. This is a protocol: pages that were sent long ago
// understand it.

// Item is content as an item of the region, to be changed by itself. It stands in
// the view of the region and in what [Region.ReplaceAll] publishes.
//
//	for _, g := range games {
//		@board.Item(g.Key, Row(g))
//	}
//
// The key is the item's own among all of the region: letters, digits, _ and -,
// and not "start", "end" or "live". With another one Item, like all that takes a
// key, fails to render.
func (r Region) Item(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openItem(name), closeItem(name)
	})
}

// ReplaceAll is what to publish so that content takes the place of all that the
// region holds.
func (r Region) ReplaceAll(content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := r.check(); err != nil {
			return err
		}
		return between(ctx, w, openPatch(r.Name, r.Name)+r.open(), content, r.close()+closePatch)
	})
}

// Append is what to publish so that content becomes the last item of the
// region. Where there is an item of that key, content takes its place.
func (r Region) Append(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, r.Name+".end") + openItem(name), closeItem(name) + r.marker("end") + closePatch
	})
}

// Prepend is what to publish so that content becomes the first item of the
// region. Where there is an item of that key, content takes its place.
func (r Region) Prepend(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, r.Name+".start") + r.marker("start") + openItem(name), closeItem(name) + closePatch
	})
}

// Replace is what to publish so that content takes the place of the item of that
// key. Where there is none, nothing happens.
func (r Region) Replace(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, name) + openItem(name), closeItem(name) + closePatch
	})
}

// Remove is what to publish so that the item of that key goes. Where there is
// none, nothing happens.
func (r Region) Remove(key string) templ.Component {
	return r.framed(key, nil, func(name string) (start, end string) {
		return `<template for="` + name + `">`, closePatch
	})
}

// framed is content in the frame that the name of the item of that key makes.
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

// open and close stand around the content of the region, markers where items
// are prepended and appended included.
func (r Region) open() string  { return `<?start name="` + r.Name + `">` + r.marker("start") }
func (r Region) close() string { return r.marker("end") + closeItem(r.Name) }

func (r Region) marker(which string) string {
	return `<?marker name="` + r.Name + `.` + which + `">`
}

func openItem(name string) string  { return `<?start name="` + name + `">` }
func closeItem(name string) string { return `<?end name="` + name + `">` }

// openPatch is for what has that name and, where nothing has it, for the marker.
func openPatch(name, marker string) string {
	return `<template id="` + name + `" for="` + marker + `">`
}

const closePatch = `</template>`
