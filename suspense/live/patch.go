package live

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// What is published is the HTML standard's <template for>: its content takes the
// place of what has that name in the page. See the script live for the attribute
// id. This is a protocol: pages that were sent long ago understand it.

// Item returns content as an item of the region, which can be changed by itself.
// It stands in the view of the region and in what [Region.ReplaceAll] publishes.
//
//	for _, g := range games {
//		@board.Item(g.Key, Row(g))
//	}
//
// The key identifies the item among all items of the region. It is made of
// letters, digits, _ and -, and is not "start", "end" or "live". With any other
// key the component fails to render, as do the components of all methods that
// take a key.
func (r Region) Item(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openItem(name), closeItem(name)
	})
}

// ReplaceAll returns what to publish so that content replaces all that the region
// holds.
func (r Region) ReplaceAll(content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := r.check(); err != nil {
			return err
		}
		return between(ctx, w, openPatch(r.Name, r.Name)+r.open(), content, r.close()+closePatch)
	})
}

// Append returns what to publish so that content becomes the last item of the
// region. If an item has that key already, content replaces it where it stands.
func (r Region) Append(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, r.Name+".end") + openItem(name), closeItem(name) + r.marker("end") + closePatch
	})
}

// Prepend returns what to publish so that content becomes the first item of the
// region. If an item has that key already, content replaces it where it stands.
func (r Region) Prepend(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, r.Name+".start") + r.marker("start") + openItem(name), closeItem(name) + closePatch
	})
}

// Replace returns what to publish so that content replaces the item with that
// key. If no item has it, nothing happens.
func (r Region) Replace(key string, content templ.Component) templ.Component {
	return r.framed(key, content, func(name string) (start, end string) {
		return openPatch(name, name) + openItem(name), closeItem(name) + closePatch
	})
}

// Remove returns what to publish so that the item with that key is removed. If no
// item has it, nothing happens.
func (r Region) Remove(key string) templ.Component {
	return r.framed(key, nil, func(name string) (start, end string) {
		return `<template for="` + name + `">`, closePatch
	})
}

// framed returns content between the two strings that frame makes of the name of
// the item.
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

// open and close stand around the content of the region. They include the markers
// where items are prepended and appended.
func (r Region) open() string  { return `<?start name="` + r.Name + `">` + r.marker("start") }
func (r Region) close() string { return r.marker("end") + closeItem(r.Name) }

func (r Region) marker(which string) string {
	return `<?marker name="` + r.Name + `.` + which + `">`
}

func openItem(name string) string  { return `<?start name="` + name + `">` }
func closeItem(name string) string { return `<?end name="` + name + `">` }

// openPatch opens a patch of what has that name or, if nothing has it, of marker.
func openPatch(name, marker string) string {
	return `<template id="` + name + `" for="` + marker + `">`
}

const closePatch = `</template>`
