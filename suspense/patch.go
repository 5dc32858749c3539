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
// the view of the region and in what [Region.Replace] publishes.
//
//	for _, g := range games {
//		@board.Item(g.Key, Row(g))
//	}
//
// The key is the item's own among all of the region: letters, digits, _ and -,
// and not "start", "end" or "live". Another one is an error of Render.
func (r Region) Item(key string, content templ.Component) templ.Component {
	return r.patch(key, func(name string) (string, templ.Component, string) {
		return openItem(name), content, closeItem(name)
	})
}

// Replace is what to publish so that content takes the place of all that the
// region holds.
func (r Region) Replace(content templ.Component) templ.Component {
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
	return r.patch(key, func(name string) (string, templ.Component, string) {
		return openPatch(name, r.Name+".end") + openItem(name), content, closeItem(name) + r.marker("end") + closePatch
	})
}

// Prepend is what to publish so that content becomes the first item of the
// region. Where there is an item of that key, content takes its place.
func (r Region) Prepend(key string, content templ.Component) templ.Component {
	return r.patch(key, func(name string) (string, templ.Component, string) {
		return openPatch(name, r.Name+".start") + r.marker("start") + openItem(name), content, closeItem(name) + closePatch
	})
}

// Update is what to publish so that content takes the place of the item of that
// key. Where there is none, nothing happens.
func (r Region) Update(key string, content templ.Component) templ.Component {
	return r.patch(key, func(name string) (string, templ.Component, string) {
		return openPatch(name, name) + openItem(name), content, closeItem(name) + closePatch
	})
}

// Remove is what to publish so that the item of that key goes. Where there is
// none, nothing happens.
func (r Region) Remove(key string) templ.Component {
	return r.patch(key, func(name string) (string, templ.Component, string) {
		return `<template for="` + name + `">`, nil, closePatch
	})
}

// patch is a component about the item of that key.
func (r Region) patch(key string, parts func(name string) (start string, content templ.Component, end string)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		name, err := r.item(key)
		if err != nil {
			return err
		}
		start, content, end := parts(name)
		return between(ctx, w, start, content, end)
	})
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

// openPatch is for what has that name, and where nothing has it, for the marker.
func openPatch(name, marker string) string {
	return `<template id="` + name + `" for="` + marker + `">`
}

const closePatch = `</template>`
