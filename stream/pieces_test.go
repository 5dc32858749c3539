package stream_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

type sequence = func(context.Context) iter.Seq2[templ.Component, error]

// A piece is what a sequence yields, some time after the piece before it.
type piece struct {
	after time.Duration
	view  templ.Component
	err   error
}

// each is a sequence of pieces that obeys its context.
func each(pieces ...piece) sequence {
	return func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			for _, p := range pieces {
				if err := sleep(ctx, p.after); err != nil {
					yield(nil, err)
					return
				}
				if !yield(p.view, p.err) {
					return
				}
			}
		}
	}
}

// deaf is each for a sequence that looks at what yield returns, and not at its
// context.
func deaf(pieces ...piece) sequence {
	s := each(pieces...)
	return func(context.Context) iter.Seq2[templ.Component, error] { return s(context.Background()) }
}

// then is s with an end that f makes.
func then(s sequence, f func(ctx context.Context)) sequence {
	return func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			for c, err := range s(ctx) {
				if !yield(c, err) {
					return
				}
			}
			f(ctx)
		}
	}
}

// texts is pieces of text, each so long after the one before it.
func texts(d time.Duration, strings ...string) sequence {
	pieces := make([]piece, len(strings))
	for i, s := range strings {
		pieces[i] = piece{after: d, view: stream.Text(s)}
	}
	return each(pieces...)
}

// row is a boundary for a sequence, with dots for a fallback.
func row(s sequence) templ.Component {
	return at(stream.Boundary{Fallback: html("dots"), Pieces: s})
}

func TestPieces(t *testing.T) {
	words := texts(100*ms, "one ", "<two> ", "three")
	sibling := slot(after(150*ms, html("sibling")))
	run(t, []pageTest{
		{name: "come one after the other", page: page(row(words), sibling)},
		{name: "that are there before the shell stand in place", page: page(row(texts(0, "one ", "two")))},
		{name: "of which some are there before the shell", page: page(row(words), waiting(150*ms, ", "), html("end"))},
		{name: "of which some are there before a flush", page: page(row(words), waiting(150*ms, ", "), templ.Flush(), waiting(100*ms, "end"))},
		{name: "that come together leave together", page: page(row(each(
			piece{100 * ms, stream.Text("one "), nil}, piece{0, stream.Text("two "), nil}, piece{0, html("<b>three</b> "), nil},
			piece{100 * ms, stream.Text("four "), nil}, piece{0, stream.Text("five"), nil},
		)))},
		{name: "leave together with what else is ready", page: page(slot(after(200*ms, html("1"))), row(words), slot(after(200*ms, html("2"))))},
		{name: "may be none", page: page(row(then(each(), func(ctx context.Context) { _ = sleep(ctx, 100*ms) })))},
		{name: "may be none at once", page: page(row(each()))},
		{name: "the last of which may come before the end", page: page(row(then(words, func(ctx context.Context) { _ = sleep(ctx, time.Second) })))},
		{name: "may have no fallback", page: page(at(stream.Boundary{Pieces: words}))},
		{name: "in a fallback do not come", page: page(at(stream.Boundary{Fallback: row(words), Load: after(time.Second, html("1"))}))},
		{name: "to a client that leaves", page: page(row(words)), leave: 250 * ms},
		{name: "to one that leaves a sequence that is deaf", page: page(row(deaf(piece{100 * ms, html("1"), nil}, piece{time.Second, html("2"), nil}, piece{time.Second, html("3"), nil}))), leave: 250 * ms},
		{name: "of a HEAD", page: page(row(words)), request: func(r *http.Request) *http.Request { r.Method = "HEAD"; return r }},
		{name: "for which the shell waits", rd: stream.Renderer{Grace: 200 * ms}, page: page(row(words))},
	})
}

func TestPiecesFail(t *testing.T) {
	sibling := slot(after(300*ms, html("sibling")))
	sorry := view(" sorry")
	failing := func(s sequence) templ.Component {
		return page(at(stream.Boundary{Name: "words", Fallback: html("dots"), Pieces: s, ErrorView: sorry}), sibling)
	}
	words := texts(100*ms, "one ", "two")
	bad := half("lost", func() error { return errBoom })
	nested := func(s sequence) stream.Boundary { return stream.Boundary{Fallback: html("dots"), Pieces: s} }
	child := slot(after(300*ms, html("child")))
	timed := nested(texts(100*ms, "one ", "two ", "three ", "four"))
	timed.Timeout = 250 * ms
	hung := nested(deaf(piece{100 * ms, html("one"), nil}, piece{time.Hour, html("late"), nil}, piece{0, html("lost"), nil}))
	hung.Timeout = 250 * ms
	quick := nested(then(each(piece{100 * ms, html("one"), nil}), func(ctx context.Context) { <-ctx.Done() }))
	quick.Timeout = 250 * ms
	run(t, []pageTest{
		{name: "with an error", page: failing(each(piece{100 * ms, html("one"), nil}, piece{100 * ms, nil, errBoom}))},
		{name: "with an error before the first piece", page: failing(each(piece{100 * ms, nil, errBoom}))},
		{name: "with an error before the shell", page: failing(each(piece{0, html("one"), nil}, piece{0, nil, errBoom}))},
		{name: "with an error and a view", page: failing(each(piece{100 * ms, html("lost"), errBoom}))},
		{name: "with an error right behind a piece", page: failing(each(piece{100 * ms, html("one"), nil}, piece{0, nil, errBoom}))},
		{name: "with a typed nil error", page: failing(each(piece{100 * ms, nil, typedNil()}))},
		{name: "with neither a view nor an error", page: failing(each(piece{100 * ms, nil, nil}))},
		{name: "with a panic", page: failing(then(words, func(context.Context) { panic("boom") }))},
		{name: "with the end of their goroutine", page: failing(then(words, func(context.Context) { runtime.Goexit() }))},
		{name: "with no sequence", page: failing(func(context.Context) iter.Seq2[templ.Component, error] { return nil })},
		{name: "with an abort", page: failing(then(words, func(context.Context) { panic(http.ErrAbortHandler) }))},
		{name: "with a view", page: failing(each(piece{100 * ms, html("one "), nil}, piece{100 * ms, bad, nil}, piece{100 * ms, html("lost"), nil}))},
		{name: "with a view that panics", page: failing(each(piece{100 * ms, html("one "), nil}, piece{100 * ms, half("lost", func() error { panic("boom") }), nil}))},
		{name: "with a view between others", page: failing(each(piece{100 * ms, html("one "), nil}, piece{0, bad, nil}, piece{0, html("lost"), nil}))},
		{name: "with a view before the shell", page: failing(each(piece{0, html("one "), nil}, piece{0, bad, nil}, piece{100 * ms, html("lost"), nil}))},
		{name: "with the last view", page: failing(each(piece{100 * ms, html("one "), nil}, piece{100 * ms, bad, nil}))},
		{name: "with a view of a sequence that is deaf", page: failing(deaf(piece{100 * ms, bad, nil}, piece{time.Second, html("lost"), nil}))},
		{name: "with a view, and leave boundaries of others alone", page: failing(each(piece{100 * ms, child, nil}, piece{100 * ms, templ.Join(slot(after(0, html("lost"))), slot(after(time.Hour)), bad), nil}))},
		{name: "and leave boundaries of others alone", page: failing(each(piece{100 * ms, child, nil}, piece{100 * ms, nil, errBoom}))},
		{name: "with their time", page: page(at(timed), sibling)},
		{name: "with the time of the renderer", rd: stream.Renderer{Timeout: 250 * ms}, page: page(row(texts(100*ms, "one ", "two ", "three")), sibling)},
		{name: "with the time of a request", page: page(row(texts(100*ms, "one ", "two ", "three")), sibling), deadline: 250 * ms},
		{name: "with their time, and are deaf", page: page(at(hung), sibling)},
		{name: "with their time, and say nothing of it", page: page(at(quick), sibling)},
		{name: "with an error view that holds a boundary", page: page(at(stream.Boundary{
			Pieces:    each(piece{100 * ms, child, nil}, piece{100 * ms, nil, errBoom}),
			ErrorView: func(*stream.BoundaryError) templ.Component { return slot(after(300*ms, html("instead"))) },
		}))},
		{name: "with the boundary around them", page: page(slot(stream.Prerender(templ.Join(row(texts(50*ms, "lost", "lost", "lost")), waiting(100*ms, ""), bad))), sibling)},
		{name: "in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: failing(each(piece{100 * ms, child, nil}, piece{100 * ms, bad, nil}))},
		{name: "complete", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(row(each(piece{100 * ms, child, nil}, piece{100 * ms, bad, nil})))},
		{name: "in another writer", page: page(upper(row(each(piece{100 * ms, child, nil}, piece{100 * ms, bad, nil}, piece{100 * ms, html("lost"), nil}))), sibling)},
		{name: "with an error in another writer", page: page(upper(row(each(piece{100 * ms, child, nil}, piece{100 * ms, nil, errBoom}))), sibling)},
		{name: "with their time in another writer", page: page(upper(at(hung)), sibling)},
		{name: "again and again", page: page(moreAgain())},
	})
}

// moreAgain is a sequence that fails and whose error view holds itself.
func moreAgain() templ.Component {
	return at(stream.Boundary{Pieces: each(piece{10 * ms, html("one "), nil}, piece{10 * ms, nil, errBoom}), ErrorView: func(*stream.BoundaryError) templ.Component {
		return templ.Join(html("sorry, "), moreAgain())
	}})
}

func TestPiecesWithin(t *testing.T) {
	child := func(d time.Duration, s string) templ.Component {
		return templ.Join(html("<li>"), slot(after(d, html(s))))
	}
	list := page(row(each(
		piece{100 * ms, child(300*ms, "one"), nil}, piece{100 * ms, child(0, "two"), nil},
		piece{0, templ.Join(child(150*ms, "three"), child(50*ms, "four")), nil},
	)), html("<hr>"), slot(after(260*ms, html("sibling"))))
	inOrder, complete := stream.Renderer{Mode: always(stream.InOrder)}, stream.Renderer{Mode: always(stream.Complete)}
	within := page(row(each(piece{100 * ms, row(texts(100*ms, "one ", "two ")), nil}, piece{50 * ms, row(texts(100*ms, "three ", "four ")), nil})))
	suspended := page(slot(stream.Prerender(templ.Join(html("<u>"), row(texts(100*ms, "one ", "two ", "three")), waiting(250*ms, "</u>")))))
	once := templ.NewOnceHandle(templ.WithComponent(html("once "))).Once()
	run(t, []pageTest{
		{name: "boundaries", page: list},
		{name: "boundaries, in order", rd: inOrder, page: list},
		{name: "boundaries, complete", rd: complete, page: list},
		{name: "boundaries, in another writer", page: upper(list)},
		{name: "pieces", page: within},
		{name: "pieces, in order", rd: inOrder, page: within},
		{name: "pieces, complete", rd: complete, page: within},
		{name: "a Suspense", page: suspended},
		{name: "a Suspense, in order", rd: inOrder, page: suspended},
		{name: "a Suspense in another writer", page: upper(suspended)},
		{name: "a view that is rendered into another writer", page: page(slot(func(ctx context.Context) (templ.Component, error) {
			c, err := stream.Prerender(row(texts(100*ms, "one ", "two")))(ctx)
			return upper(c), err
		}))},
		{name: "what is emitted once is", page: page(row(each(piece{100 * ms, once, nil}, piece{100 * ms, templ.Join(once, html("more")), nil})))},
		{name: "a view that fails gives back what it took", page: page(
			row(each(piece{100 * ms, templ.Join(once, half("", func() error { return errBoom })), nil})), slot(after(200*ms, once)),
		)},
	})
}

func TestPiecesLimited(t *testing.T) {
	many := func(n int, c templ.Component) sequence {
		return func(context.Context) iter.Seq2[templ.Component, error] {
			return func(yield func(templ.Component, error) bool) {
				for range n {
					if !yield(c, nil) {
						return
					}
				}
			}
		}
	}
	one := func(m stream.Mode) stream.Renderer { return stream.Renderer{Limit: 1, Mode: always(m)} }
	words := row(texts(100*ms, "one ", "two ", "three"))
	slow := slot(stream.Prerender(templ.Join(html("<u>"), slot(after(100*ms, html("child"))), waiting(10*ms, "</u>"))))
	lot := row(many(1000, html("")))
	run(t, []pageTest{
		{name: "a sequence holds its slot to its end", rd: one(stream.OutOfOrder), page: page(words, slot(after(100*ms, html("1"))))},
		{name: "one whose view has failed gives it back", rd: one(stream.OutOfOrder), page: page(
			row(then(each(piece{100 * ms, half("", func() error { return errBoom }), nil}), func(ctx context.Context) { <-ctx.Done() })), slot(after(100*ms, html("1"))),
		)},
		{name: "one that waits for the response does not, in order", rd: one(stream.InOrder), page: page(slow, lot, html("end"))},
		{name: "one that waits for the response does not, complete", rd: one(stream.Complete), page: page(slow, lot, html("end"))},
		{name: "one that waits for its surroundings does not", rd: one(stream.OutOfOrder), page: page(
			slot(stream.Prerender(templ.Join(lot, slot(after(50*ms, html("child"))), waiting(100*ms, "parent")))),
		)},
		{name: "one that waits for its own boundaries does not", rd: one(stream.InOrder), page: page(
			row(many(600, templ.Raw(""))), row(then(many(1, slot(after(100*ms, html("child")))), func(ctx context.Context) { _ = sleep(ctx, 50*ms) })),
		)},
		{name: "one that waits runs out of time", rd: stream.Renderer{Limit: 1, Timeout: 100 * ms}, page: page(
			slot(stream.Prerender(templ.Join(lot, waiting(time.Hour, "parent")))), slot(after(0, html("1"))),
		)},
	})
}

// TestPiecesAhead has a client that reads nothing for a while.
func TestPiecesAhead(t *testing.T) {
	for _, tt := range []struct {
		name  string
		piece templ.Component
		most  int64
	}{
		{"views", html("<b>row</b>"), 2 * 256},
		{"short text", stream.Text("word "), 2 * 256},
		{"long text", stream.Text(strings.Repeat("word ", 2000)), 2 * 4},
		{"very long text", stream.Text(strings.Repeat("word ", 20_000)), 2 * 1},
	} {
		t.Run("a sequence of "+tt.name+" waits for its client", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var yielded, blocked atomic.Int64
				w := &stuck{wireLog: newWireLog(), until: time.Now().Add(time.Hour)}
				endless := func(ctx context.Context) iter.Seq2[templ.Component, error] {
					return func(yield func(templ.Component, error) bool) {
						_ = sleep(ctx, ms) // the shell is sent
						for (blocked.Load() == 0 || yielded.Load() < 2*blocked.Load()) && yield(tt.piece, nil) {
							yielded.Add(1)
						}
					}
				}
				time.AfterFunc(30*time.Minute, func() { blocked.Store(yielded.Load()) })
				rd := stream.Renderer{Timeout: 61 * time.Minute, Trace: &quiet}
				if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), page(row(endless))); err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				if n := blocked.Load(); n == 0 || n > tt.most {
					t.Errorf("%d pieces were taken for a client that reads nothing, want at most %d", n, tt.most)
				}
				if got, want := yielded.Load(), 2*blocked.Load(); got != want {
					t.Errorf("%d pieces were taken in all, want %d", got, want)
				}
			})
		})
	}
}

// stuck is a ResponseWriter whose second write lasts until until.
type stuck struct {
	*wireLog
	until time.Time
}

func (w *stuck) Write(p []byte) (int, error) {
	if len(w.writes) == 1 {
		time.Sleep(time.Until(w.until))
	}
	return w.wireLog.Write(p)
}

func TestPiecesOutside(t *testing.T) {
	t.Run("of a response they stand in place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			c := row(each(piece{100 * ms, stream.Text("<one> "), nil}, piece{100 * ms, slot(after(100*ms, html("<b>two</b>"))), nil}))
			if err := c.Render(t.Context(), &b); err != nil || b.String() != "&lt;one&gt; <b>two</b>" {
				t.Errorf("Render() = %v, page = %q", err, b.String())
			}
		})
	})
	t.Run("of a response their error view follows", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			c := at(stream.Boundary{Timeout: 250 * ms, Pieces: texts(100*ms, "one ", "two ", "lost"), ErrorView: view("sorry")})
			if err := c.Render(t.Context(), &b); err != nil || b.String() != "one two sorry" {
				t.Errorf("Render() = %v, page = %q", err, b.String())
			}
		})
	})
	t.Run("of a response a fragment shows those in it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for want, err := range map[string]error{"one two ": nil, "one ": errBoom} {
				var b strings.Builder
				fragment := with(templ.Fragment("id"), html("one "))
				second := with(templ.Fragment("id"), half("two ", func() error { return err }))
				c := at(stream.Boundary{Pieces: each(piece{100 * ms, fragment, nil}, piece{100 * ms, second, nil}), ErrorView: view("sorry")})
				if err := templ.RenderFragments(t.Context(), &b, c, "id"); err != nil || b.String() != want {
					t.Errorf("RenderFragments() = %v, page = %q, want %q", err, b.String(), want)
				}
			}
		})
	})
}

func TestPiecesTrace(t *testing.T) {
	t.Run("each chunk is told of", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			rd := stream.Renderer{Script: stream.NoScript(), Trace: &stream.Trace{
				Sent: func(_ context.Context, b stream.BoundaryInfo, bytes int, inPlace bool) {
					told = append(told, fmt.Sprintf("%s, %d bytes, %t", b.ID, bytes, inPlace))
				},
			}}
			c := row(each(piece{0, html("one"), nil}, piece{100 * ms, html("two"), nil}, piece{100 * ms, slot(after(100*ms, html("three"))), nil}))
			if err := rd.Render(newWireLog(), httptest.NewRequest("GET", "/", nil), c); err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			want := []string{"1, 3 bytes, true", "1, 59 bytes, false", "1, 33 bytes, false", "1.3.1, 42 bytes, false"}
			if got := strings.Join(told, "\n"); got != strings.Join(want, "\n") {
				t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
			}
		})
	})
}
