package streamtest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
	"github.com/rivulet-go/rivulet/suspense"
)

// t stands for the argument of a test.
var t testing.TB = exampleT{}

type exampleT struct{ testing.TB }

func (exampleT) Helper()                           {}
func (exampleT) Context() context.Context          { return context.Background() }
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// home has one page, whose part comes when the shell has left. A program has a templ
// file and queries instead.
func home(options ...suspense.Option) http.Handler {
	shown := make(chan struct{}, 100)
	rd := stream.Renderer{Trace: &stream.Trace{Flushed: func(context.Context, int) { shown <- struct{}{} }}}
	view := func(s string) templ.Component { return templ.Raw("<b>" + s + "</b>") }
	return rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		weather := func(ctx context.Context) (string, error) {
			if r.Header.Get("Rivulet") == "" {
				<-shown
			}
			return "sunny", nil
		}
		return templ.Join(
			templ.Raw("<body><p>Today: "),
			suspense.Await(templ.Raw("looking …"), weather, view, options...),
			templ.Raw("</p></body>"),
		), nil
	})
}

// stuck has a page whose part never comes.
func stuck() http.Handler {
	weather := func(ctx context.Context) (templ.Component, error) {
		<-ctx.Done()
		fmt.Println("load:", context.Cause(ctx))
		return nil, context.Cause(ctx)
	}
	return stream.Handler(stream.Component(templ.Join(
		templ.Raw("<body><p>Today: "),
		stream.Boundary{Fallback: templ.Raw("looking …"), Load: weather},
		templ.Raw("</p></body>"),
	)))
}

func ExampleGet() {
	page := streamtest.Get(t, home(), "/")
	fmt.Println(page.Status)
	fmt.Println(page.Shell)
	fmt.Println(page.HTML)
	// Output:
	// 200
	// <body><p>Today: looking …</p>
	// <body><p>Today: <b>sunny</b></p></body>
}

// A request for a key has the answer that the script of the page puts into its
// place.
func ExampleDo() {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Rivulet", "weather")
	page := streamtest.Do(t, home(suspense.Key("weather")), r)
	fmt.Println(page.HTML)
	// Output: <b>sunny</b>
}

func ExamplePage_At() {
	page := streamtest.Get(t, home(), "/")
	fmt.Println(page.At(page.ShellAt))
	fmt.Println(page.At(page.End))
	// Output:
	// <body><p>Today: looking …</p>
	// <body><p>Today: <b>sunny</b></p></body>
}

func ExampleChunk() {
	page := streamtest.Get(t, home(), "/")
	for _, c := range page.Chunks {
		fmt.Println(c.ID, c.HTML, c.At >= page.ShellAt)
	}
	// Output: 1 <b>sunny</b> true
}

func ExamplePage_Cookies() {
	login := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "user", Value: "Ada"})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	page := streamtest.Do(t, login, httptest.NewRequest("POST", "/login", nil))
	fmt.Println(page.Status, page.Redirect, page.Cookies())
	// Output: 303 / [user=Ada]
}

// The load of a page whose reader has left is canceled.
func ExampleAfterShell() {
	page := streamtest.Client{Leave: streamtest.AfterShell()}.Get(t, stuck(), "/")
	fmt.Println(page.HTML)
	// Output:
	// load: context canceled
	// <body><p>Today: looking …</p>
}

// A reader whose network has failed after half a chunk sees the fallback.
func ExampleAfterText() {
	page := streamtest.Client{Cut: streamtest.AfterText("<b>sun")}.Get(t, home(), "/")
	fmt.Println(page.HTML)
	// Output: <body><p>Today: looking …</p>
}

// The phone stands in a tunnel for 50 ms.
func ExampleClient() {
	tunnel := streamtest.Client{Stall: streamtest.AfterShell(), StallFor: 50 * time.Millisecond}
	page := tunnel.Get(t, home(), "/")
	fmt.Println(page.HTML, page.End >= 50*time.Millisecond)
	// Output: <body><p>Today: <b>sunny</b></p></body> true
}

func ExampleAfter() {
	impatient := streamtest.Client{Leave: streamtest.After(10 * time.Millisecond)}
	page := impatient.Get(t, stuck(), "/")
	fmt.Println(page.HTML)
	// Output:
	// load: context canceled
	// <body><p>Today: looking …</p>
}

// A page with an open element around its chunks works in no browser.
func ExampleClient_Try() {
	open := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<div>")
		home().ServeHTTP(w, r)
	})
	page, err := streamtest.Client{}.Try(open, httptest.NewRequest("GET", "/", nil))
	fmt.Println(page.Status, err)
	// Output:
	// 200 chunk not revealed: chunk "1" is within an open <div> and not a child of body
}
