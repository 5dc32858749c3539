package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/pages"
)

// A benchPage is one page, plain and streamed.
type benchPage struct {
	name     string
	sections []pages.Section
	load     pages.Load // nil: no boundaries
}

var benchPages = []benchPage{
	{"none", pages.Sections(10, 20), nil},
	{"10x20", pages.Sections(10, 20), yielding},
	{"100x4", pages.Sections(100, 4), yielding},
	{"39nested", pages.Nested(3, 3, 4), yielding},
	{"10x20-later", pages.Sections(10, 20), later},
	{"100x4-later", pages.Sections(100, 4), later},
}

// yielding is a load that gives other goroutines a turn and no more.
func yielding(s pages.Section) func(context.Context) (pages.Section, error) {
	return func(context.Context) (pages.Section, error) {
		runtime.Gosched()
		return s, nil
	}
}

// later is a load that ends when the shell has left, so that its boundary is
// sent as a chunk.
func later(s pages.Section) func(context.Context) (pages.Section, error) {
	return func(context.Context) (pages.Section, error) {
		time.Sleep(500 * time.Microsecond)
		return s, nil
	}
}

func (b benchPage) plain() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		templ.Handler(pages.Plain(b.sections)).ServeHTTP(w, r)
	})
}

func (b benchPage) stream() http.Handler {
	return stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		if b.load == nil {
			return pages.Plain(b.sections), nil
		}
		return pages.Streamed(b.sections, b.load), nil
	})
}

// discard is a ResponseWriter that can flush and keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Flush()                      {}

// BenchmarkHandler is what a page costs without a network.
func BenchmarkHandler(b *testing.B) {
	for _, page := range benchPages {
		for _, v := range []struct {
			name string
			h    http.Handler
		}{{"templ", page.plain()}, {"rivulet", page.stream()}} {
			b.Run(page.name+"/"+v.name, func(b *testing.B) {
				b.ReportAllocs()
				r := httptest.NewRequest("GET", "/", nil)
				for b.Loop() {
					v.h.ServeHTTP(&discard{http.Header{}}, r)
				}
			})
		}
	}
}

// BenchmarkKeys is what a page costs with a hundred keys: those of every request, or
// others in each, as of the rows of a search.
func BenchmarkKeys(b *testing.B) {
	for _, name := range []string{"none", "same", "other"} {
		b.Run(name, func(b *testing.B) {
			n := 0
			h := stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
				var rows []templ.Component
				for i := range 100 {
					key := ""
					switch name {
					case "same":
						key = fmt.Sprintf("row-%d", i)
					case "other":
						key = fmt.Sprintf("row-%d", n)
						n++
					}
					rows = append(rows, html("<div>"), at(stream.Boundary{Key: key, Load: after(time.Millisecond, html("<p>"+strings.Repeat("text ", 40)+"</p>"))}), html("</div>"))
				}
				return page(rows...), nil
			})
			b.ReportAllocs()
			r := httptest.NewRequest("GET", "/"+name, nil)
			for b.Loop() {
				h.ServeHTTP(&discard{http.Header{}}, r)
			}
		})
	}
}
