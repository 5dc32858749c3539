package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// This Mode is for crawlers, and for browsers that neither patch a page by
// themselves nor run scripts. A crawler gets a whole page. A browser without
// scripting follows the refresh in the noscript element once. It requests the
// same page with ?plain, gets a cookie, and from then on gets pages in order.
//
// The noscript element stands in the head, where it may contain a meta element.
// A browser that patches pages by itself follows the refresh, too, if its
// scripting is off. It then gets pages in order, although it could do without.
func ExampleRenderer_mode() {
	const cookie = "plain"
	rd := stream.Renderer{Mode: func(r *http.Request) stream.Mode {
		if strings.Contains(r.UserAgent(), "bot") {
			return stream.Complete
		}
		if _, err := r.Cookie(cookie); err == nil || r.URL.Query().Has("plain") {
			return stream.InOrder
		}
		return stream.DefaultMode(r)
	}}
	news := func(ctx context.Context) (string, error) { return database(ctx, "All is well") }
	h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		// Caches must know what the answer depends on.
		w.Header().Set("Vary", "User-Agent, Cookie, Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With, "+
			"Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests, Accept, Referer")
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
