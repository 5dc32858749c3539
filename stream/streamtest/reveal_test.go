package streamtest_test

import (
	"context"
	"errors"
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
	"github.com/rivulet-go/rivulet/stream/streamtest"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// A page that comes in pieces has in the end the HTML of one that comes whole.
func TestAllModesShowTheSame(t *testing.T) {
	child := func(f func(name string) templ.Component, name string, html string) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return f(name).Render(templ.WithChildren(ctx, templ.Raw(html)), w)
		})
	}
	items := func(context.Context) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range 3 {
				if time.Sleep(time.Second); !yield(i, nil) {
					return
				}
			}
		}
	}
	item := func(i int) templ.Component {
		return templ.Join(templ.Raw("<li>"), part("item", time.Second/2), templ.Raw("</li>"))
	}
	region := live.Region{Name: "board", URL: "/events", Position: func(context.Context) (string, error) { return "a-1", nil }}
	list := func(context.Context) (string, error) { time.Sleep(time.Second); return "<li>live</li>", nil }

	page := func() templ.Component {
		return templ.Join(
			templ.Raw("<!doctype html><html><head>"),
			child(suspense.Head, "title", "<title>Shop</title>"),
			child(suspense.Head, "description", "<meta name=description content=old>"),
			templ.Raw("</head><body>"),
			stream.WhilePending(templ.Raw("<p>not whole</p>")),
			part("plain", time.Second, suspense.Key("plain")),
			within(2*time.Second, child(suspense.SetHead, "description", "<meta name=description content=new>"), part("inner", time.Second)),
			within(time.Second, part("b", time.Second, suspense.Key("inner")), templ.Raw("<template><b>inert</b></template>")),
			templ.Raw("<ul>"), suspense.Each(templ.Raw("<li>none</li>"), items, item), templ.Raw("</ul>"),
			templ.Raw("<ul>"), live.Await(region, templ.Raw("<li>dots</li>"), list, raw), templ.Raw("</ul>"),
			suspense.Await(templ.Raw("dots"), func(context.Context) (int, error) { return 0, errors.New("boom") },
				func(int) templ.Component { return nil }, suspense.Optional(), suspense.ErrorView(func(*stream.BoundaryError) templ.Component { return templ.Raw("oh") })),
			stream.StartHTMX(stream.Script{}),
			templ.Raw("</body></html>"),
		)
	}
	html := map[stream.Mode]string{}
	synctest.Test(t, func(t *testing.T) {
		for _, mode := range []stream.Mode{stream.Complete, stream.InOrder, stream.OutOfOrder} {
			rd := stream.Renderer{Logger: slog.New(slog.DiscardHandler), Mode: func(*http.Request) stream.Mode { return mode }}
			html[mode] = streamtest.Get(t, rd.Handler(stream.Component(page())), "/").HTML
		}
	})
	want := html[stream.Complete]
	if strings.ContainsAny(want, "?") || strings.Contains(want, "<script") || !strings.Contains(want, "<li><b>item</b></li>") || !strings.Contains(want, "<ul><li>live</li></ul>") {
		t.Errorf("page = %s", want)
	}
	if got := html[stream.OutOfOrder]; got != want {
		t.Errorf("out of order: %s\nwant %s", got, want)
	}
	// In order, the head has left when the description changes.
	if got := strings.Replace(html[stream.InOrder], "content=old", "content=new", 1); got != want {
		t.Errorf("in order: %s\nwant %s", got, want)
	}
}

func TestHowChunksAreRevealed(t *testing.T) {
	const chunk = `<template for="1">a</template><!/>`
	for _, c := range []struct{ name, body, want string }{
		{"text that is no marker", `<body><?start name="1">dots<?end><script>"<?start name=2>"</script><?xml version="1.0"?> 1 < 2` + chunk, `<body>a<script>"<?start name=2>"</script><?xml version="1.0"?> 1 < 2`},
		{"markers within a template within a chunk", `<body><?start name="1">dots<?end><template for="1"><template><b></b></template>b</template><!/>`, `<body><template><b></b></template>b`},
		{"a chunk of rows", `<body><table><?start name="1"><tr><td>dots<?end></table><template for="1"><tr><td>a</template><!/>`, `<body><table><tr><td>a</table>`},
		{"an upper-case template", `<body><?start name="1">dots<?end><template for="1"><TEMPLATE>b</TEMPLATE></template><!/>`, `<body><TEMPLATE>b</TEMPLATE>`},
		{"orders", `<body><?start name="1">dots<?end>` + chunk + `<?every a/b 30000><template data-r></template><template data-r></template>`, `<body>a<template data-r></template>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, c.body)
			})
			p, _ := streamtest.Client{}.Try(h, httptest.NewRequest("GET", "/", nil))
			if p.HTML != c.want {
				t.Errorf("HTML = %s\nwant %s", p.HTML, c.want)
			}
		})
	}
}

// A page may be cut after any byte: no part of a marker or of a script is shown.
func TestEachPartOfAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := streamtest.Get(t, site(templ.Raw("1 < 2"), part("a", time.Second), within(2*time.Second, part("b", time.Second, suspense.Key("b")))), "/")
		script := strings.Index(p.Body, "<script>") + 10
		for n := range len(p.Body) {
			if n > script && n < script+600 {
				continue // within the script, where one place is like the next
			}
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, p.Body[:n])
			})
			part, err := streamtest.Client{}.Try(h, httptest.NewRequest("GET", "/", nil))
			if err != nil && strings.Contains(err.Error(), "no place") || strings.Contains(part.HTML, "?") || strings.Contains(part.HTML, "template") || strings.Contains(part.HTML, "<script") {
				t.Fatalf("after %q: HTML = %q, error %v", p.Body[:n], part.HTML, err)
			}
		}
	})
}
