package templates_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/templates"
)

// shell returns the first bytes of a page with c and a boundary that is pending.
func shell(t *testing.T, rd stream.Renderer, c templ.Component) (first string) {
	synctest.Test(t, func(t *testing.T) {
		load := func(context.Context) (string, error) { time.Sleep(100 * time.Millisecond); return "1", nil }
		page := templ.Join(c, suspense.Await(nil, load, func(s string) templ.Component { return templ.Raw(s) }))
		w := &firstWrite{ResponseRecorder: httptest.NewRecorder()}
		if rd.Trace == nil {
			rd.Trace = &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}
		}
		defer time.Sleep(time.Second) // for a load whose time has passed
		if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), page); err != nil {
			t.Fatal(err)
		}
		first = w.first
		if !strings.HasSuffix(w.Body.String(), `<template for="1"></template><!/>`) && strings.Contains(first, "rv-") {
			t.Errorf("the page is %q, want a last chunk that takes the notice away", w.Body)
		}
	})
	return first
}

type firstWrite struct {
	*httptest.ResponseRecorder
	first string
}

func (w *firstWrite) Flush() {
	if w.first == "" {
		w.first = w.Body.String()
	}
	w.ResponseRecorder.Flush()
}

func TestIncomplete(t *testing.T) {
	t.Run("is an empty status until its text shows", func(t *testing.T) {
		got := shell(t, stream.Renderer{}, templates.Incomplete())
		want := `<span class="rv-incomplete" role="status"><span class="rv-overdue rv-delay-5 rv-delay-10 rv-delay-20">Part of this page has not arrived. <a href="">Load the page again</a></span></span>`
		if !strings.Contains(got, want) {
			t.Errorf("the shell is %q, want %q in it", got, want)
		}
		if rule := regexp.MustCompile(`(?m)^\.rv-overdue\{.*visibility:hidden;.*$`).FindString(templates.CSS()); rule == "" {
			t.Errorf("CSS() has no rule that hides .rv-overdue")
		}
	})
	t.Run("has the words of its children", func(t *testing.T) {
		got := shell(t, stream.Renderer{}, with(templates.Incomplete(), templ.Raw("Da fehlt was")))
		if !strings.Contains(got, ">Da fehlt was</span></span>") || strings.Contains(got, "arrived") {
			t.Errorf("the shell is %q, want the children and no other words", got)
		}
	})
	t.Run("fails with its children, and the page goes on", func(t *testing.T) {
		rd := stream.Renderer{Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}}
		got := shell(t, rd, with(templates.Incomplete(), templ.ComponentFunc(func(context.Context, io.Writer) error { return io.ErrNoProgress })))
		if strings.Contains(got, "rv-") {
			t.Errorf("the shell is %q, want no notice", got)
		}
	})
	t.Run("gives nothing of its children to what is pending", func(t *testing.T) {
		var inner templ.Component = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return templ.GetChildren(ctx).Render(ctx, w)
		})
		if got := shell(t, stream.Renderer{}, with(templates.Incomplete(), inner)); strings.Count(got, "rv-overdue") != 1 {
			t.Errorf("the shell is %q, want one notice", got)
		}
	})
	for timeout, want := range map[time.Duration]int{
		time.Millisecond:   10,
		5 * time.Second:    10,
		6 * time.Second:    15,
		30 * time.Second:   35,
		85 * time.Minute:   5105,
		5110 * time.Second: 5115,
		5111 * time.Second: 0,
		24 * time.Hour:     0,
		-1:                 0,
	} {
		t.Run(fmt.Sprintf("after a timeout of %v it shows at %d s", timeout, want), func(t *testing.T) {
			got := shell(t, stream.Renderer{Timeout: timeout}, templates.Incomplete())
			sum := 0
			for _, m := range regexp.MustCompile(`rv-delay-(\d+)`).FindAllStringSubmatch(got, -1) {
				n, _ := strconv.Atoi(m[1])
				sum += n
				if rule := fmt.Sprintf("\n.rv-delay-%d{--rv-delay-%[1]d:%[1]ds}\n", n); !strings.Contains(templates.CSS(), rule) || !strings.Contains(templates.CSS(), fmt.Sprintf("var(--rv-delay-%d,0s)", n)) {
					t.Errorf("CSS() has no delay of %d s", n)
				}
			}
			if sum != want || (want > 0) != strings.Contains(got, "rv-overdue") {
				t.Errorf("the delay is %d s, want %d", sum, want)
			}
		})
	}
	t.Run("is nothing outside of a response, in order and in a complete page", func(t *testing.T) {
		if got := render(t, t.Context(), templates.Incomplete()); got != "" {
			t.Errorf("Render() = %q, want nothing", got)
		}
		for _, mode := range []stream.Mode{stream.InOrder, stream.Complete} {
			rd := stream.Renderer{Mode: func(*http.Request) stream.Mode { return mode }}
			if got := shell(t, rd, templates.Incomplete()); strings.Contains(got, "rv-") {
				t.Errorf("%v: the page is %q, want no notice", mode, got)
			}
		}
	})
}

// with renders c with children, as templ's @c() { children } does.
func with(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}
