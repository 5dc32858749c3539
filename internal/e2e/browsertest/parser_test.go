package browsertest_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"github.com/rivulet-go/rivulet/stream"
)

// words are what random pages are made of.
var words = strings.Split("<p>|</p>|<div>|</div>|<span>|</span>|<b>|</b>|<i>|</i>|<a href=x>|</a>|<ul>|</ul>|<ol>|</ol>|<li>|</li>|<dl>|</dl>|<dt>|<dd>|"+
	"<table>|</table>|<tbody>|<tr>|</tr>|<td>|</td>|<th>|<caption>|</caption>|<colgroup>|<col>|<thead>|<tfoot>|<h1>|</h1>|<h2>|</h2>|"+
	"<button>|</button>|<form>|</form>|<pre>|</pre>|<section>|</section>|<br>|<hr>|<img src=x>|<input>|text| |\n|<title>|</title>|<textarea>|</textarea>|"+
	"<style>|</style>|<script>|</script>|<!--|-->|<!-- a -->|<svg>|</svg>|<g>|</g>|<path/>|<foreignObject>|</foreignObject>|<math>|</math>|<mi>|</mi>|"+
	"<template>|</template>|<iframe>|</iframe>|<noscript>|</noscript>|<xmp>|</xmp>|<p title='|'>|<meta>|<link>|<label>|</label>|<object>|</object>|<code>|</code>|<font color=red>|</font>|<x-y>|</x-y>|"+
	"</body>|</html>|<head>|</head>|<body>|<html>|<ruby>|<rt>|<rp>|</ruby>|<nobr>|</nobr>|<em>|</em>|<address>|</address>|<|</", "|")

// markup returns some HTML. Most of it is whole.
func markup(r *rand.Rand, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		word := words[r.IntN(len(words))]
		b.WriteString(word)
		if name, ok := strings.CutPrefix(word, "<"); ok && r.IntN(3) > 0 && name != "" && name[0] >= 'a' && name[0] <= 'z' {
			name, _, _ = strings.Cut(strings.Trim(name, "<>"), " ")
			b.WriteString(markup(r, most/3) + "</" + name + ">")
		}
	}
	return b.String()
}

// A parsed page says where the parser has put the markers of a boundary.
type parsedMarkers struct {
	start, end, template *html.Node
}

func parse(t *testing.T, page, id string) (m parsedMarkers) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data == "template" && len(n.Attr) == 1 && n.Attr[0].Key == "for" {
			m.template = n
		}
		if n.Type != html.CommentNode {
			continue
		}
		if n.Data == `?start name="`+id+`"` {
			m.start = n
		}
		if m.start != nil && m.end == nil && n.Data == "?end" {
			m.end = n
		}
	}
	return m
}

// works reports whether a parsed template, which is a child of body, finds its
// markers, and between them what stands between them in the page.
func (m parsedMarkers) works() bool {
	if m.start == nil || m.end == nil || m.start.Parent != m.end.Parent {
		return false
	}
	if m.start.Parent.Type == html.DocumentNode {
		return false // beside html, where neither text nor an element can stand
	}
	for up := m.start.Parent; up != nil; up = up.Parent {
		if up.Data == "template" {
			return false
		}
	}
	switch parent := m.start.Parent; parent.Namespace {
	case "svg":
		return parent.Data == "foreignObject"
	case "math":
		return parent.Data == "mi"
	}
	return true
}

// pagesParsed is how many random pages are looked at, each once and for its own
// route: of so many routes a response remembers what is wrong.
const pagesParsed = 3000

var parsedOnce sync.Once

// The real parser agrees with what is logged of random pages: what is said to
// stay at its fallback stays, and markers are sent only where they become nodes.
func TestWarningsAgreeWithAParser(t *testing.T) {
	first := false
	if parsedOnce.Do(func() { first = true }); !first {
		t.Skip("no more routes are remembered")
	}
	counts := map[string]int{}
	before := slog.Default()
	defer slog.SetDefault(before)
	for i := range pagesParsed {
		r := rand.New(rand.NewPCG(9, uint64(i)))
		head := []string{"<!doctype html>", "<!doctype html><html><head><title>a</title></head><body>", "<!doctype html><body>", "<!doctype html><body>"}[r.IntN(4)]
		first, fallback, last := head+markup(r, 6), markup(r, 3), markup(r, 3)
		var log bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		w := httptest.NewRecorder()
		synctest.Test(t, func(t *testing.T) {
			page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				_ = templ.Raw(first).Render(ctx, w)
				it := stream.Boundary{Name: "it", Fallback: templ.Raw(fallback), Load: func(context.Context) (templ.Component, error) {
					time.Sleep(time.Second)
					return templ.Raw("Ada"), nil
				}}
				if err := it.Render(ctx, w); err != nil {
					return err
				}
				return templ.Raw(last).Render(ctx, w)
			})
			req := httptest.NewRequest("GET", "/", nil)
			req.Pattern = "GET /" + strconv.Itoa(i) // a new route, so that all of it is read
			rd := stream.Renderer{Script: stream.NoScript(), Mode: func(*http.Request) stream.Mode { return stream.OutOfOrder }}
			if err := rd.Render(w, req, page); err != nil {
				t.Fatal(err)
			}
		})
		sent := w.Body.String()
		stays, waits := strings.Contains(log.String(), "a fallback stays"), !strings.Contains(sent, `<template for="1">`)
		m := parse(t, sent, "1")
		if strings.Contains(log.String(), "leaves an element open") && m.template != nil && m.template.Parent.Data == "body" {
			t.Errorf("%d: an element is open, although the template is a child of body: %q log %s", i, sent, log.String())
		}
		switch {
		case waits:
			counts["waits"]++
			if whole := strings.Replace(sent, first, first+`<?start name="1">`, 1); parse(t, strings.Replace(whole, `name="1">`, `name="1"><?end>`, 1), "1").works() {
				t.Errorf("%d: waits, although markers work: %q log %s", i, sent, log.String())
			}
		case stays:
			counts["stays"]++
			if m.works() && !fostered(m) {
				t.Errorf("%d: stays, although the parser leaves it between its markers: %q log %s", i, sent, log.String())
			}
		case m.start == nil:
			t.Errorf("%d: a start marker is no node: %q", i, sent)
		case !m.works():
			counts["silent"]++
			if testing.Verbose() && counts["silent"] < 12 {
				t.Logf("silent: %q", sent)
			}
		default:
			counts["works"]++
		}
	}
	t.Log(counts)
}

// fostered reports whether some of the fallback stands before the table.
func fostered(m parsedMarkers) bool {
	switch m.start.Parent.Data {
	case "table", "tbody", "thead", "tfoot", "tr":
		return true
	}
	return false
}
