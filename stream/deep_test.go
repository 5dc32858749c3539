package stream_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// thread nests n boundaries, each in what the load of the one around it returns
// or, if rendered, in what that renders.
func thread(n int, rendered bool, load func()) templ.Component {
	if n == 0 {
		return html("<b>the end</b>")
	}
	b := stream.Boundary{Load: func(context.Context) (templ.Component, error) {
		load()
		return thread(n-1, rendered, load), nil
	}}
	if rendered {
		b.Load = stream.Prerender(thread(n-1, rendered, load))
	}
	return templ.Join(html("<i>"), b, html("</i>"))
}

// TestNoDepthIsTooDeep nests more boundaries than any page does.
func TestNoDepthIsTooDeep(t *testing.T) {
	const levels = 1000
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		for _, rendered := range []bool{false, true} {
			name := mode.String()
			if rendered {
				name += ", rendered by the loads"
			}
			t.Run(name, func(t *testing.T) {
				rec := httptest.NewRecorder()
				rd := stream.Renderer{Mode: always(mode)}
				if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(thread(levels, rendered, func() {}))); err != nil {
					t.Fatalf("Render() = %v", err)
				}
				body := rec.Body.String()
				if n := strings.Count(body, "<i>"); n != levels || strings.Count(body, "the end") != 1 {
					t.Errorf("%d levels came, want %d", n, levels)
				}
			})
		}
	}
	for _, rendered := range []bool{false, true} {
		t.Run("outside a response", func(t *testing.T) {
			var b strings.Builder
			if err := thread(levels, rendered, func() {}).Render(context.Background(), &b); err != nil {
				t.Fatalf("Render() = %v", err)
			}
			if n := strings.Count(b.String(), "<i>"); n != levels || strings.Count(b.String(), "the end") != 1 {
				t.Errorf("%d levels came, want %d", n, levels)
			}
		})
	}
}

// TestDeepIDs streams each level by itself and looks at its id.
func TestDeepIDs(t *testing.T) {
	const levels = 50
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder()
		if err := stream.Render(rec, httptest.NewRequest("GET", "/", nil), page(thread(levels, false, func() { time.Sleep(ms) }))); err != nil {
			t.Fatalf("Render() = %v", err)
		}
		seen := make(map[string]bool)
		for _, s := range strings.Split(rec.String(), `<template for="`)[1:] {
			id, _, _ := strings.Cut(s, `"`)
			if seen[id] || len(id) > 15 {
				t.Errorf("id %q comes twice or is long", id)
			}
			seen[id] = true
		}
		if len(seen) < levels-1 { // one may stand in place
			t.Errorf("%d chunks, want %d", len(seen), levels)
		}
	})
}

// TestEndlessNesting has a component that places itself.
func TestEndlessNesting(t *testing.T) {
	var self templ.Component
	self = slot(func(context.Context) (templ.Component, error) { return self, nil })
	for _, mode := range []stream.Mode{stream.InOrder, stream.Complete} {
		rec := httptest.NewRecorder()
		rd := stream.Renderer{Mode: always(mode), Trace: &quiet}
		if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(self, html("after"))); err != nil {
			t.Fatalf("%v: Render() = %v", mode, err)
		}
		if !strings.Contains(rec.Body.String(), `role="alert"`) || !strings.Contains(rec.Body.String(), "after") {
			t.Errorf("%v: %q, want an error view", mode, rec.Body)
		}
	}
}
