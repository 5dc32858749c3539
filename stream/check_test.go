package stream_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// logOf returns what f logs.
func logOf(f func()) string {
	var log bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	f()
	return log.String()
}

// A mixed is a page of strings of HTML and boundaries.
type mixed []any

func (p mixed) Render(ctx context.Context, w io.Writer) error {
	for _, part := range p {
		var err error
		switch part := part.(type) {
		case string:
			err = templ.Raw(part).Render(ctx, w)
		case stream.Boundary:
			err = part.Render(ctx, w)
		case templ.Component:
			err = part.Render(ctx, w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rawAfter returns a boundary whose view is html, after some time.
func rawAfter(d time.Duration, name, html string) stream.Boundary {
	return stream.Boundary{
		Name:     name,
		Fallback: templ.Raw("dots"),
		Load: func(ctx context.Context) (templ.Component, error) {
			if err := sleep(ctx, d); err != nil {
				return nil, err
			}
			if html == "" {
				return nil, errors.New("no view")
			}
			return templ.Raw(html), nil
		},
	}
}

// textsOf returns a boundary with a piece each second.
func textsOf(name string, pieces ...string) stream.Boundary {
	return stream.Boundary{
		Name:     name,
		Fallback: templ.Raw("dots"),
		Pieces: func(ctx context.Context) iter.Seq2[templ.Component, error] {
			return func(yield func(templ.Component, error) bool) {
				for _, piece := range pieces {
					time.Sleep(time.Second)
					if !yield(stream.Text(piece), nil) {
						return
					}
				}
			}
		},
	}
}

// sendOf returns what a request for the page is answered with, and the log.
func sendOf(t *testing.T, mode stream.Mode, r *http.Request, page templ.Component) (body, log string) {
	t.Helper()
	rd := stream.Renderer{
		Trace:  &quiet,
		Mode:   func(*http.Request) stream.Mode { return mode },
		Script: stream.NoScript(),
		ErrorView: func(*stream.BoundaryError) templ.Component {
			return templ.Raw("sorry")
		},
	}
	log = logOf(func() {
		synctest.Test(t, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := rd.Render(w, r, page); err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			body = w.Body.String()
		})
	})
	return body, log
}

// newRoute is a request for a page that was not asked for before.
func newRoute() *http.Request {
	stream.ForgetRoutes() // there is not room for all of the test's
	r := httptest.NewRequest("GET", "/", nil)
	r.Pattern = "GET /" + rand.Text()
	return r
}

const waits = "a boundary waits in place"

var allModes = map[string]stream.Mode{"out of order": stream.OutOfOrder, "in order": stream.InOrder, "complete": stream.Complete}

func TestNoMarkers(t *testing.T) {
	places := map[string][2]string{
		"comment":          {"<!-- ", " -->"},
		"attribute":        {`<a title="`, `">b</a>`},
		"tag":              {`<a `, `>b</a>`},
		"svg":              {`<svg><g></g>`, `</svg>`},
		"math":             {`<math><mi>a</mi>`, `</math>`},
		"template":         {`<template><p></p>`, `</template>`},
		"shadow root":      {`<div><template shadowrootmode=open><p></p>`, `</template></div>`},
		"script":           {`<script>"</b>`, `"</script>`},
		"textarea with b":  {`<textarea><b></b>`, `</textarea>`},
		"title in capital": {`<TITLE>`, `</TITLE>`},
	}
	for _, name := range strings.Fields("title textarea style xmp iframe noembed noframes noscript plaintext") {
		places[name] = [2]string{"<" + name + ">", "</" + name + ">"}
	}
	boundaries := map[string]struct {
		b    stream.Boundary
		want string
	}{
		"pending":             {rawAfter(time.Second, "late", "Ada"), "Ada"},
		"ready":               {rawAfter(0, "late", "Ada"), "Ada"},
		"failed":              {rawAfter(time.Second, "late", ""), "sorry"},
		"a sequence":          {textsOf("late", "A", "d", "a"), "Ada"},
		"without a fallback":  {stream.Boundary{Name: "late", Load: rawAfter(time.Second, "", "Ada").Load}, "Ada"},
		"too late":            {stream.Boundary{Name: "late", Load: rawAfter(time.Hour, "", "Ada").Load, Timeout: time.Second}, "sorry"},
		"around another":      {nesting("Ada"), "[Ada]"},
		"a sequence of views": {stream.Boundary{Name: "late", Pieces: viewsOf("A", "da")}, "Ada"},
	}
	for place, around := range places {
		for kind, tt := range boundaries {
			for name, mode := range allModes {
				t.Run(place+"/"+kind+"/"+name, func(t *testing.T) {
					r := newRoute()
					page := mixed{"<html><body>", around[0], tt.b, around[1], "<p>", rawAfter(2*time.Second, "", "Eve"), "</p></body></html>"}
					for range 2 { // the second page of its route is no other
						body, _ := sendOf(t, mode, r, page)
						want := "<html><body>" + around[0] + tt.want + around[1] + "<p>"
						if !strings.HasPrefix(body, want) {
							t.Errorf("Render() sends %q, want it to begin with %q", body, want)
						}
					}
				})
			}
		}
	}
}

// nesting is a boundary with another in its view.
func nesting(html string) stream.Boundary {
	b := rawAfter(time.Second, "late", "")
	b.Load = func(context.Context) (templ.Component, error) {
		time.Sleep(time.Second)
		return mixed{"[", rawAfter(time.Second, "inner", html), "]"}, nil
	}
	return b
}

func viewsOf(html ...string) func(context.Context) iter.Seq2[templ.Component, error] {
	return func(context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			for _, s := range html {
				time.Sleep(time.Second)
				if !yield(templ.Raw(s), nil) {
					return
				}
			}
		}
	}
}

func TestNoMarkersIsSaidOnce(t *testing.T) {
	r := newRoute()
	page := mixed{"<title>", rawAfter(time.Second, "name", "Ada"), "</title><body><p>", rawAfter(time.Second, "other", "Eve"), "</p>"}
	_, log := sendOf(t, stream.OutOfOrder, r, page)
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, waits) || !strings.Contains(log, "within=title") || !strings.Contains(log, "name=name") {
		t.Errorf("logged %q, want one line that names the boundary", log)
	}
	if _, log := sendOf(t, stream.OutOfOrder, r, page); log != "" {
		t.Errorf("logged %q for the second page, want nothing", log)
	}
}

// A page that is right says nothing about a later one.
func TestNoMarkersOnALaterPage(t *testing.T) {
	for _, around := range [][2]string{
		{"<title>", "</title>"}, {"<p title='", "'>"}, {"<svg>", "</svg>"}, {"<svg><g></g>", "</svg>"}, {"<!-- ", "-->"},
		{"<textarea><i></i>", "</textarea>"}, {"<template><b></b>", "</template>"},
	} {
		t.Run(around[0], func(t *testing.T) {
			r := newRoute()
			if _, log := sendOf(t, stream.OutOfOrder, r, mixed{"<body><p>", rawAfter(time.Second, "name", "Ada"), "</p>"}); log != "" {
				t.Errorf("logged %q for a page that is right", log)
			}
			body, log := sendOf(t, stream.OutOfOrder, r, mixed{"<body>" + around[0], rawAfter(time.Second, "name", "Ada"), around[1]})
			if !strings.Contains(body, around[0]+"Ada"+around[1]) || !strings.Contains(log, waits) {
				t.Errorf("Render() sends %q and logs %q, want the content in place, and a warning", body, log)
			}
		})
	}
}

// flushNow is what templ.Flush does.
var flushNow = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
	return templ.Flush().Render(ctx, w)
})

// TestNoMarkersBehindManyKeys has other keys in each page. A fault in a later page is
// still found: what is known of a route does not grow with its keys.
func TestNoMarkersBehindManyKeys(t *testing.T) {
	handler := stream.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		parts := mixed{"<body>"}
		for i := range 100 {
			b := rawAfter(time.Second, "", "<b>1</b>")
			b.Key = fmt.Sprintf("row-%s-%d", r.URL.RawQuery, i)
			parts = append(parts, "<p>", b, "</p>")
		}
		if r.URL.RawQuery == "299" {
			parts = append(parts, "<svg><g>", rawAfter(time.Second, "", "<b>1</b>"), "</g></svg>")
		}
		return append(parts, "</body>"), nil
	})
	r := newRoute()
	log := logOf(func() {
		for i := range 300 {
			r.URL.RawQuery = fmt.Sprint(i)
			synctest.Test(t, func(*testing.T) { handler.ServeHTTP(httptest.NewRecorder(), r) })
		}
	})
	if want := "a boundary waits in place"; strings.Count(log, want) != 1 {
		t.Errorf("log = %q, want one line with %q", log, want)
	}
}

func TestNoMarkersBehindAFlush(t *testing.T) {
	r := newRoute()
	for range 2 {
		body, _ := sendOf(t, stream.OutOfOrder, r, mixed{
			"<html><head>", rawAfter(time.Second, "meta", "<meta>"), "<title>", flushNow, rawAfter(time.Second, "name", "Ada"), "</title>", flushNow,
			"<body><p>", rawAfter(time.Second, "", "Eve"), "</p></body></html>",
		})
		for _, want := range []string{"<title>Ada</title>", `<p><?start name="3">dots<?end></p>`} {
			if !strings.Contains(body, want) {
				t.Errorf("Render() sends %q, want %q in it", body, want)
			}
		}
	}
}

// In a chunk, too, no marker works in a title.
func TestNoMarkersInAChunk(t *testing.T) {
	outer := stream.Boundary{Name: "outer", Load: func(context.Context) (templ.Component, error) {
		time.Sleep(time.Second)
		return mixed{"<svg><g></g>", rawAfter(time.Second, "inner", "<g></g>"), "</svg><p>", rawAfter(time.Second, "", "Eve"), "</p>"}, nil
	}}
	body, log := sendOf(t, stream.OutOfOrder, newRoute(), mixed{"<body><p>", outer, "</p>"})
	want := `<template for="1"><svg><g></g><g></g></svg><p>Eve</p></template><!/>`
	if !strings.Contains(body, want) || !strings.Contains(log, "name=inner") {
		t.Errorf("Render() sends %q and logs %q, want %q and a warning", body, log, want)
	}
}

func TestNotWhole(t *testing.T) {
	for html, within := range map[string]string{
		"a<!-- ": "comment", "<textarea>": "textarea", "<title>a": "title", "<style>": "style", "<script>": "script", "<template>": "template",
		"<plaintext>": "plaintext", "<p title='": "tag", "<p": "tag", "a</template>": "template", "<!--": "comment", "<iframe>": "iframe",
		"<p>a</": "tag", "<!doctype": "tag", "<template><template></template>": "template",
	} {
		raw := templ.Raw(html)
		for kind, b := range map[string]stream.Boundary{
			"a view":        rawAfter(2*time.Second, "raw", html),
			"a view ready":  rawAfter(0, "raw", html),
			"an error view": {Name: "raw", Load: rawAfter(2*time.Second, "", "").Load, ErrorView: func(*stream.BoundaryError) templ.Component { return raw }},
			"a piece":       {Name: "raw", Pieces: viewsOf("a", html)},
			"a fallback":    {Name: "raw", Fallback: raw, Load: rawAfter(2*time.Second, "", "Ada").Load},
		} {
			t.Run(html+"/"+kind, func(t *testing.T) {
				if kind == "a fallback" && within == "template" && !strings.HasPrefix(html, "<") {
					t.Skip("an end tag of nothing")
				}
				r := newRoute()
				page := mixed{"<body><p>", rawAfter(3*time.Second, "other", "Eve"), "</p><b>", b, "</b>"}
				_, log := sendOf(t, stream.OutOfOrder, r, page)
				if !strings.Contains(log, "name=raw") {
					t.Errorf("logged %q, want the boundary named", log)
				}
				if kind != "a fallback" && !strings.Contains(log, "within="+within) {
					t.Errorf("logged %q, want %s", log, within)
				}
				if _, log := sendOf(t, stream.OutOfOrder, r, page); log != "" {
					t.Errorf("logged %q for the second page, want nothing", log)
				}
			})
		}
	}
}

func TestOpenElementIsLogged(t *testing.T) {
	for _, tt := range []struct {
		page string
		want string
	}{
		{"<div></body></html>", "element=div"},
		{"<div>", "element=div"},
		{"<p>", "element=p"},
		{"<textarea>", "element=textarea"},
		{"<!-- ", "element=comment"},
		{"<svg>", "element=svg"},
		{"<template>", "element=template"},
		{"<p title='", "element=tag"},
		{"<div></div></body></html>", ""},
	} {
		t.Run(tt.page, func(t *testing.T) {
			page := mixed{"<html><body>", rawAfter(time.Second, "", "Ada"), tt.page}
			stream.ForgetRoutes()
			// Routers of others set no pattern.
			r := httptest.NewRequest("GET", "/"+rand.Text(), nil)
			if _, log := sendOf(t, stream.OutOfOrder, r, mixed{"<html><body>", rawAfter(time.Second, "", "Ada")}); log != "" {
				t.Errorf("logged %q for a page that is right", log)
			}
			r = httptest.NewRequest("GET", "/"+rand.Text(), nil)
			_, log := sendOf(t, stream.OutOfOrder, r, page)
			if tt.want == "" && log != "" || !strings.Contains(log, tt.want) {
				t.Errorf("logged %q, want %q", log, tt.want)
			}
			if _, log := sendOf(t, stream.OutOfOrder, r, page); log != "" {
				t.Errorf("logged %q for the second page, want nothing", log)
			}
		})
	}
}

func TestStrays(t *testing.T) {
	for _, tt := range []struct{ before, fallback, after, within string }{
		{"<p>", "<div>a</div>", "</p>", "p"},
		{"<p>", "<span>a</span>", "</p>", ""},
		{"<ul><li>", "<li>a</li>", "</li></ul>", "li"},
		{"<table>", "<tr><td>a</td></tr>", "</table>", "table"},
		{"<table><tbody>", "<tr><td>a</td></tr>", "</table>", ""},
		{"<table><tbody>", "<div>a</div>", "</table>", "tbody"},
		{"<div>", "</div>", "</div>", "div"},
		{"<div>", "<b>", "</div>", "div"},
		{"<h1>", "<h2>a</h2>", "</h1>", "h1"},
		{"<a href='/'>", "<a href='/'>a</a>", "</a>", "a"},
	} {
		t.Run(tt.before+tt.fallback, func(t *testing.T) {
			b := rawAfter(time.Second, "stray", "Ada")
			b.Fallback = templ.Raw(tt.fallback)
			around := stream.Boundary{Name: "outer", Load: func(context.Context) (templ.Component, error) {
				time.Sleep(time.Second)
				b := rawAfter(2*time.Second, "stray", "Ada")
				b.Fallback = templ.Raw(tt.fallback)
				return mixed{tt.before, b, tt.after, rawAfter(time.Second, "", "")}, nil
			}}
			for where, page := range map[string]templ.Component{
				"shell": mixed{"<!doctype html><body>", tt.before, b, tt.after},
				"chunk": mixed{"<!doctype html><body><div>", around, "</div>"},
			} {
				r := newRoute()
				_, log := sendOf(t, stream.OutOfOrder, r, page)
				log = strings.Join(stayLines(log), "\n")
				if tt.within == "" && log != "" || tt.within != "" && (!strings.Contains(log, "within="+tt.within) || !strings.Contains(log, "name=stray")) {
					t.Errorf("%s: logged %q, want %q", where, log, tt.within)
				}
			}
		})
	}
}

func stayLines(log string) (lines []string) {
	for line := range strings.Lines(log) {
		if strings.Contains(line, "a fallback stays") {
			lines = append(lines, line)
		}
	}
	return lines
}

// What is remembered of routes is bounded.
func TestRoutesAreBounded(t *testing.T) {
	stream.ForgetRoutes()
	for i := range 5000 {
		r := httptest.NewRequest("GET", fmt.Sprintf("/page/%d", i), nil)
		sendOf(t, stream.OutOfOrder, r, mixed{"<body><p>", rawAfter(time.Second, "", "Ada"), "</p>"})
	}
	if n := stream.ForgetRoutes(); n > 4096 {
		t.Errorf("%d routes are remembered, want at most 4096", n)
	}
	body, _ := sendOf(t, stream.OutOfOrder, newRoute(), mixed{"<title>", rawAfter(time.Second, "", "Ada"), "</title>"})
	if !strings.Contains(body, "<title>Ada") {
		t.Errorf("Render() sends %q, want the content in place", body)
	}
}
