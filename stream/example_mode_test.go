package stream_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// This Mode is for browsers that neither patch a page by themselves nor run
// scripts. A browser without scripting follows the refresh in the noscript element once. It requests the
// same page with ?plain, gets a cookie, and from then on gets pages in order.
//
// The noscript element stands in the head, where it may contain a meta element.
// A browser that patches pages by itself follows the refresh, too, if its
// scripting is off. It then gets pages in order, although it could do without.
func ExampleRenderer_mode() {
	const cookie = "plain"
	rd := stream.Renderer{Mode: func(r *http.Request) stream.Mode {
		if _, err := r.Cookie(cookie); err == nil || r.URL.Query().Has("plain") {
			return stream.InOrder
		}
		return stream.DefaultMode(r)
	}}
	news := func(ctx context.Context) (string, error) { return database(ctx, "All is well") }
	h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		// Caches must know what the answer depends on. What DefaultMode looks at is
		// named without this.
		w.Header().Set("Vary", "Cookie")
		head := templ.Raw(`<head><noscript><meta http-equiv="refresh" content="0;url=?plain"></noscript></head>`)
		_, err := r.Cookie(cookie)
		if r.URL.Query().Has("plain") {
			http.SetCookie(w, &http.Cookie{Name: cookie, Value: "1", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
		if err == nil || r.URL.Query().Has("plain") {
			head = templ.Raw("<head></head>")
		}
		return templ.Join(head, body(
			text("News:"), suspense.Await(text("…"), news, func(s string) templ.Component { return text("%s", s) }),
		)), nil
	})
	fmt.Println("-- a browser")
	visit(h)
	fmt.Println("-- without scripting, the second time")
	visit(h, "Cookie", "plain=1")
	// Output:
	// -- a browser
	// <head><noscript><meta http-equiv="refresh" content="0;url=?plain"></noscript></head><body>News:<?start name="1">…<?end><script>…</script>
	// <template for="1">All is well</template><!/></body>
	// -- without scripting, the second time
	// <head></head><body>News:
	// All is well</body>
}

// The function goes into Renderer.Mode. A crawler gets the whole page, and all
// others what DefaultMode chooses.
func ExampleCrawlers() {
	rd := stream.Renderer{Mode: stream.Crawlers(nil)}
	r, _ := http.NewRequest("GET", "/", nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	fmt.Println(rd.Mode(r))
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
	fmt.Println(rd.Mode(r))
	// Output:
	// out of order
	// complete
}

func ExampleMode() {
	fmt.Println(stream.OutOfOrder, "/", stream.InOrder, "/", stream.Complete)
	// Output:
	// out of order / in order / complete
}

func ExampleMode_String() {
	fmt.Println(stream.Complete.String())
	// Output:
	// complete
}

func ExampleDefaultMode() {
	r, _ := http.NewRequest("GET", "/", nil)
	fmt.Println(stream.DefaultMode(r))
	r.Header.Set("HX-Request", "true")
	fmt.Println(stream.DefaultMode(r))
	// Output:
	// out of order
	// complete
}
