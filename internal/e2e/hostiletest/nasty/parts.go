package nasty

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

const ms = time.Millisecond

var errSecret = errors.New("the password is " + Secret)

func sorryView(err *stream.BoundaryError) templ.Component { return sorry(err) }

// Parts returns the names of the parts that a page may have.
func Parts() []string { return slices.Sorted(maps.Keys(parts)) }

// Ends returns the names of the parts that end a page early.
func Ends() []string { return slices.Sorted(maps.Keys(ends)) }

// await is a boundary whose load does something after a while.
func (q query) await(after time.Duration, do func(context.Context) error, opts ...suspense.Option) templ.Component {
	return suspense.Await(dots(q), func(ctx context.Context) (string, error) {
		if err := sleep(ctx, after); err != nil {
			return "", err
		}
		return "loaded", do(ctx)
	}, func(text string) templ.Component { return box(q, text) }, opts...)
}

func fine(context.Context) error { return nil }

// half writes a part of a view and does something else then.
func (q query) half(do func() error) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := box(q, "half").Render(ctx, w); err != nil {
			return err
		}
		_, _ = io.WriteString(w, "<div><table><!-- ")
		return do()
	})
}

func (q query) view(after time.Duration, c templ.Component) templ.Component {
	return suspense.Await(dots(q), func(ctx context.Context) (int, error) { return 0, sleep(ctx, after) },
		func(int) templ.Component { return c })
}

func boom() error   { panic("planted: " + Secret) }
func fail() error   { return errSecret }
func goexit() error { runtime.Goexit(); return nil }
func ctxless(f func() error) func(context.Context) error {
	return func(context.Context) error { return f() }
}

// parts are made for one request.
var parts = map[string]func(query) templ.Component{
	"ready":   func(q query) templ.Component { return q.await(0, fine) },
	"soon":    func(q query) templ.Component { return q.await(10*ms, fine) },
	"later":   func(q query) templ.Component { return q.await(120*ms, fine) },
	"error":   func(q query) templ.Component { return q.await(5*ms, ctxless(fail)) },
	"panic":   func(q query) templ.Component { return q.await(5*ms, ctxless(boom)) },
	"goexit":  func(q query) templ.Component { return q.await(5*ms, ctxless(goexit)) },
	"timeout": func(q query) templ.Component { return q.await(time.Hour, fine, suspense.Timeout(40*ms)) },
	"ignores": func(q query) templ.Component { // its context
		return q.await(0, func(context.Context) error { time.Sleep(150 * ms); return nil }, suspense.Timeout(20*ms))
	},
	"viewerror": func(q query) templ.Component { return q.view(5*ms, q.half(fail)) },
	"viewpanic": func(q query) templ.Component { return q.view(5*ms, q.half(boom)) },
	"nested": func(q query) templ.Component {
		return q.view(5*ms, templ.Join(q.await(20*ms, fine), q.view(0, templ.Join(q.await(5*ms, ctxless(fail)), q.await(5*ms, fine)))))
	},
	"deep":       func(q query) templ.Component { return q.deep(40) },
	"errorview":  func(q query) templ.Component { return q.errorViews(2) },
	"errorviews": func(q query) templ.Component { return q.errorViews(4) }, // 350,000 without a limit
	"suspense": func(q query) templ.Component {
		return with(suspense.Suspense(dots(q)), templ.Join(box(q, "child"), q.await(5*ms, fine)))
	},
	"suspensepanic": func(q query) templ.Component { return with(suspense.Suspense(dots(q)), q.half(boom)) },
	"assets":        func(q query) templ.Component { return templ.Join(assets(q), q.view(5*ms, assets(q))) },
	"foreign":       func(q query) templ.Component { return foreign(q.await(5*ms, fine)) },
	"flush":         func(q query) templ.Component { return with(templ.Flush(), box(q, "flushed")) },
	"textarea":      func(q query) templ.Component { return q.within("<textarea>", "</textarea>") },
	"title":         func(q query) templ.Component { return q.within("<svg><title>", "</title></svg>") },
	"script":        func(q query) templ.Component { return q.within("<script>/*", "*/</script>") },
	"inside":        func(q query) templ.Component { return q.within("<!-- ", " -->") },
	"value":         func(q query) templ.Component { return q.within(`<p title="`, `">`) },
	"template":      func(q query) templ.Component { return q.within("<template>", "</template>") },
	"huge": func(q query) templ.Component {
		return q.view(5*ms, stream.Text(strings.Repeat(q.token+" ", 20_000)))
	},
	"text":      func(q query) templ.Component { return q.text(2000, 200, nil) },
	"hugetext":  func(q query) templ.Component { return q.text(4, 100_000, nil) },
	"endless":   func(q query) templ.Component { return q.text(40, 100_000, nil) }, // beyond MaxBuffer
	"texterror": func(q query) templ.Component { return q.text(50, 10, errSecret) },
	"each": func(q query) templ.Component {
		return suspense.Each(dots(q), func(ctx context.Context) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				for i := 0; i < 20 && sleep(ctx, ms) == nil && yield(i, nil); i++ {
				}
			}
		}, func(int) templ.Component { return box(q, "item") })
	},
	"eachpanic": func(q query) templ.Component {
		return suspense.Each(dots(q), func(context.Context) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				if yield(1, nil) {
					_ = boom()
				}
			}
		}, func(int) templ.Component { return box(q, "item") })
	},
	"start": func(q query) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			wait := suspense.Start(ctx, func(ctx context.Context) (string, error) { return "started", sleep(ctx, 10*ms) })
			return suspense.Await(dots(q), wait, func(text string) templ.Component { return box(q, text) }).Render(ctx, w)
		})
	},
	"many": func(q query) templ.Component {
		all := make([]templ.Component, 60)
		for i := range all {
			all[i] = q.await(time.Duration(i%7)*ms, fine)
		}
		return templ.Join(all...)
	},
	"open": func(q query) templ.Component {
		return q.view(5*ms, templ.Raw("<p>open "+opens[len(q.user)%len(opens)]))
	},
	"live":  func(q query) templ.Component { return q.site.live(q) },
	"model": func(q query) templ.Component { return q.site.answer(q) },
}

// ends are parts after which there is no page, or not the rest of it.
var ends = map[string]func(query) templ.Component{
	"shellerror":  func(q query) templ.Component { return q.half(fail) },
	"shellpanic":  func(q query) templ.Component { return q.half(boom) },
	"shellgoexit": func(q query) templ.Component { return q.half(goexit) },
	"viewgoexit":  func(q query) templ.Component { return q.view(5*ms, q.half(goexit)) },
	"lateerror":   func(q query) templ.Component { return templ.Join(flushed(q), q.half(fail)) },
	"latepanic":   func(q query) templ.Component { return templ.Join(flushed(q), q.half(boom)) },
}

func flushed(q query) templ.Component { return with(templ.Flush(), box(q, "sent")) }

// with gives c its children.
func with(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

// within puts a boundary where no marker works.
func (q query) within(before, after string) templ.Component {
	return templ.Join(templ.Raw(before), q.view(10*ms, templ.Raw(q.token)), templ.Raw(after))
}

// opens are what raw HTML leaves open.
var opens = []string{"<!--", "<textarea>", "<title>", "<style>", "<script>", "<template>", "<p title='", "<table><tr><td>", "<svg>", "<plaintext", "<select>", "</body>", "</html>"}

func (q query) deep(n int) templ.Component {
	if n == 0 {
		return box(q, "bottom")
	}
	return suspense.Await(dots(q), func(ctx context.Context) (int, error) { return n, nil },
		func(n int) templ.Component { return templ.Join(box(q, "level"), q.deep(n-1)) })
}

// errorViews fails, and so do k boundaries in its error view, and in theirs.
func (q query) errorViews(k int) templ.Component {
	return q.await(0, ctxless(fail), suspense.ErrorView(func(*stream.BoundaryError) templ.Component {
		all := make([]templ.Component, k)
		for i := range all {
			all[i] = q.errorViews(k)
		}
		return templ.Join(all...)
	}))
}

// text is n strings of a size.
func (q query) text(n, size int, err error) templ.Component {
	s := strings.Repeat(q.user+q.token+"\r\n", 1+size/(len(q.user)+len(q.token)+2))
	return suspense.Text(dots(q), func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for range n {
				if !yield(s, nil) {
					return
				}
			}
			if err != nil {
				yield("", err)
			}
		}
	})
}

// foreign puts a writer of its own around c.
func foreign(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b bytes.Buffer
		if err := c.Render(ctx, &b); err != nil {
			return err
		}
		_, err := w.Write(b.Bytes())
		return err
	})
}
