package stream_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// aside renders c into a writer of its own.
func aside(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(ctx, struct{ io.Writer }{w})
	})
}

// TestHandOver has content that loads in place and is so long that it is handed
// on without being copied. What is around it fails or is rendered once more.
func TestHandOver(t *testing.T) {
	long := func(s string) string { return strings.Repeat(s, 700) }
	inner := func(s string) templ.Component { return slot(after(0, html(long(s)))) }
	// careless goes on when c has failed.
	careless := func(c templ.Component) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			_ = c.Render(ctx, w)
			return nil
		})
	}
	fails := half("", func() error { return errBoom })
	suspended := func(c ...templ.Component) templ.Component { return slot(stream.Prerender(templ.Join(c...))) }
	failing := func(l load) templ.Component { return stream.Boundary{Load: l, ErrorView: view("sorry")} }
	var kept templ.Component
	keep := func(load load) load {
		return func(ctx context.Context) (c templ.Component, err error) {
			if kept == nil {
				kept, err = load(ctx)
			}
			return kept, err
		}
	}
	twice := slot(keep(stream.Prerender(templ.Join(html("<"), inner("1"), html(">")))))
	for _, tt := range []struct {
		name string
		c    templ.Component
		want string
	}{
		{"between others", slot(after(0, html("<"), inner("1"), html("|"), inner("2"), inner("3"), html(">"))), "<" + long("1") + "|" + long("2") + long("3") + ">"},
		{"on each of three levels", slot(after(0, html("<"), slot(after(0, html("<"), inner("1"), html(">"))), html(">"))), "<<" + long("1") + ">>"},
		{"in what fails afterwards", slot(after(0, html("<"), failing(after(0, inner("1"), html("|"), inner("2"), fails)), html(">"))), "<sorry>"},
		{"before what fails", slot(after(0, inner("1"), failing(after(0, html("|"), inner("2"), fails)), inner("3"))), long("1") + "sorry" + long("3")},
		{"in a piece that fails", slot(after(0, html("<"), stream.Boundary{
			ErrorView: view("sorry"),
			Pieces:    each(piece{0, inner("1"), nil}, piece{0, templ.Join(inner("2"), fails), nil}),
		}, html(">"))), "<" + long("1") + "sorry>"},
		{"in what is careless", slot(after(0, html("<"), careless(templ.Join(inner("1"), fails)), inner("2"), html(">"))), "<" + long("1") + long("2") + ">"},
		{"prerendered", suspended(html("<"), suspended(html("<"), inner("1"), html(">")), inner("2"), html(">")), "<<" + long("1") + ">" + long("2") + ">"},
		{"prerendered, and it fails afterwards", slot(after(0, html("<"), failing(stream.Prerender(templ.Join(inner("1"), fails))), html(">"))), "<sorry>"},
		{"prerendered and kept", templ.Join(twice, twice), "<" + long("1") + "><" + long("1") + ">"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept = nil
			var b bytes.Buffer
			if err := tt.c.Render(t.Context(), &b); err != nil {
				t.Fatalf("Render() = %v", err)
			}
			if b.String() != tt.want {
				t.Errorf("outside a response it shows %.50q, %d bytes, want %.50q, %d bytes", b.String(), b.Len(), tt.want, len(tt.want))
			}
		})
		t.Run(tt.name+", in another writer", func(t *testing.T) {
			kept = nil
			rec := httptest.NewRecorder()
			rd := stream.Renderer{Trace: &quiet}
			if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), aside(tt.c)); err != nil {
				t.Fatalf("Render() = %v", err)
			}
			if got := rec.Body.String(); got != tt.want {
				t.Errorf("in a response it shows %.50q, %d bytes, want %.50q, %d bytes", got, len(got), tt.want, len(tt.want))
			}
		})
	}
	t.Run("it counts once", func(t *testing.T) {
		var c templ.Component = html(strings.Repeat(bucket, 600))
		for range 20 {
			c = slot(after(0, c))
		}
		rd := stream.Renderer{MaxBuffer: 1 << 20, Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) { t.Error(err) }}}
		if err := rd.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), aside(c)); err != nil {
			t.Errorf("Render() = %v", err)
		}
	})
	t.Run("and no less", func(t *testing.T) {
		one := slot(after(0, slot(after(0, html(strings.Repeat(bucket, 600))))))
		failures := 0
		rd := stream.Renderer{MaxBuffer: 1 << 20, Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) { failures++ }}}
		if err := rd.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), aside(slot(after(0, one, one)))); err != nil || failures == 0 {
			t.Errorf("Render() = %v with %d failures, want some", err, failures)
		}
	})
	t.Run("what failed does not count", func(t *testing.T) {
		big := slot(after(0, html(strings.Repeat(bucket, 600))))
		fails := half("", func() error { return errBoom })
		one := stream.Boundary{ErrorView: view("sorry"), Pieces: each(piece{0, templ.Join(big, fails), nil})}
		tooLarge := 0
		rd := stream.Renderer{MaxBuffer: 1 << 20, Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) {
			if !errors.Is(err, errBoom) {
				tooLarge++
			}
		}}}
		if err := rd.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), aside(slot(after(0, one, one, one)))); err != nil || tooLarge > 0 {
			t.Errorf("Render() = %v, and %d boundaries were too large, want none", err, tooLarge)
		}
	})
}
