package browsertest_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// sequences are about content that comes in pieces.
func sequences() []browsertest.Scenario {
	return []browsertest.Scenario{
		{
			Name:  "pieces are added where the parser is particular",
			Where: browsertest.Streamed,
			Page:  pages.Sequences(),
			Watch: map[string]string{
				"fallbacks": "#list > li:nth-child(2).dots",
				"li-0":      "#list:not(:has(> .dots)) > li:first-child + li.li-0 + li:last-child",
				"li-1":      "#list > li:first-child + li.li-0 + li.li-1 + li:last-child",
				"inner 0":   "#list > li.li-0:not(:has(.dots)) > b",
				"li-2":      "#list > li:first-child + li.li-0 + li.li-1 + li.li-2 + li:last-child",
				"inner 1":   "#list > li.li-1:not(:has(.dots)) > b",
				"inner 2":   "#list > li.li-2:not(:has(.dots)) > b",
				"tr-0":      "#rows:not(:has(.dots)) > tbody > tr:first-child + tr.tr-0 + tr:last-child",
				"tr-1":      "#rows > tbody > tr:first-child + tr.tr-0 + tr.tr-1 + tr:last-child",
				"text":      "#text:not(:has(.dots)) > i.last:only-child",
				"lines":     "#lines:empty, #lines:not(:has(.dots))",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("fallbacks")
				show := func(name string) {
					v.Open(name)
					v.Wait(name)
				}
				show("li-0")
				show("li-1")
				v.Open("li-0-inner")
				v.Wait("inner 0")
				show("li-2")
				v.Open("p-0")
				v.Wait("text")
				show("tr-0")
				v.Open("li-end", "p-1", "li-1-inner")
				v.Wait("inner 1")
				v.Open("pre-0")
				v.Wait("lines")
				show("tr-1")
				for _, name := range []string{"p-2", "p-3", "pre-1", "pre-2", "p-4", "p-5", "tr-end", "li-2-inner"} {
					v.Open(name)
				}
				v.Wait("inner 2")
				v.WaitEnd()
				if !v.Engine().Scripting {
					return
				}
				v.Finished(t)
				parts := v.Picture().Parts
				for id, want := range map[string]string{
					"list": `<li>first</li><li class="li-0"><b class="li-0-inner">li-0-inner</b></li><li class="li-1"><b class="li-1-inner">li-1-inner</b></li><li class="li-2"><b class="li-2-inner">li-2-inner</b></li><li>last</li>`,
					"rows": `<tbody><tr><td>first</td></tr><tr class="tr-0"><td>tr-0</td></tr><tr class="tr-1"><td>tr-1</td></tr><tr><td>last</td></tr></tbody>`,
					"text": `first, café &lt;b&gt;€ &amp;amp; co<i class="last">last</i>`,
				} {
					if got := strings.TrimSpace(parts[id]); got != want {
						t.Errorf("%s = %q\nwant %q", id, got, want)
					}
				}
				if got, want := parts["lines"], "one\n\ttwo\n"; got != want {
					t.Errorf("lines = %q, want %q", got, want)
				}
			},
		},
		many(1000),
		many(2000),
	}
}

// many is a scenario with n pieces, each in a chunk of its own. The script must
// not walk through the page for each of them.
func many(n int) browsertest.Scenario {
	flushed := make(chan struct{}, n+100)
	numbers := func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for i := range n {
				select {
				case <-flushed:
				case <-ctx.Done():
					yield("", ctx.Err())
					return
				}
				if !yield(strconv.Itoa(i), nil) {
					return
				}
			}
		}
	}
	return browsertest.Scenario{
		Name:  fmt.Sprintf("%d pieces cost the script little each", n),
		Where: browsertest.Scripted,
		Page:  pages.Many(numbers),
		Watch: map[string]string{"all": fmt.Sprintf("#many > li:last-child:nth-child(%d)", n)},
		Files: map[string]browsertest.File{
			"count.js": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				script(w, `
					let walked = 0;
					const create = Document.prototype.createTreeWalker;
					Document.prototype.createTreeWalker = function (...args) {
						const walker = create.apply(this, args);
						return {nextNode: () => (walked++, walker.nextNode())};
					};
					addEventListener("count", () => note("walked " + walked));
				`)
			},
		},
		Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
			return &flushes{w, flushed}
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("all")
			v.Finished(t)
			want := strings.Builder{}
			for i := range n {
				fmt.Fprintf(&want, "<li>%d</li>", i)
			}
			if got := v.Picture().Parts["many"]; got != want.String() {
				t.Errorf("many = %.200q, want %.200q", got, want.String())
			}
			if !browsertest.AtRuntime(v.Engine()) {
				return
			}
			v.Dispatch("count")
			v.Picture()
			walked := 0
			for _, note := range v.Notes() {
				_, _ = fmt.Sscanf(note, "walked %d", &walked)
			}
			// What is in each chunk, and once the page. Its hundred comments
			// make the walks through it that are too many stand out.
			if most := 5*n + 500; walked == 0 || walked > most {
				t.Errorf("the script has walked through %d nodes for %d pieces, want at most %d", walked, n, most)
			}
		},
	}
}

// flushes tells of each flush.
type flushes struct {
	http.ResponseWriter
	flushed chan<- struct{}
}

func (w *flushes) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *flushes) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	select {
	case w.flushed <- struct{}{}:
	default:
	}
}
