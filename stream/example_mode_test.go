package stream_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// A Mode may look at whatever a page depends on. What DefaultMode looks at is named
// in Vary without its help. A parameter needs no Vary, since it is in the URL.
func ExampleRenderer_mode() {
	rd := stream.Renderer{Mode: func(r *http.Request) stream.Mode {
		if r.URL.Query().Has("print") {
			return stream.Complete
		}
		return stream.DefaultMode(r)
	}}
	r, _ := http.NewRequest("GET", "/news", nil)
	fmt.Println(rd.Mode(r))
	r, _ = http.NewRequest("GET", "/news?print", nil)
	fmt.Println(rd.Mode(r))
	// Output:
	// out of order
	// complete
}

// The component belongs into the head of every page. A browser without scripting
// follows the refresh once. From then on its cookie gets it pages in order.
func ExampleScriptless() {
	scriptless := stream.Scriptless{Next: stream.Crawlers(nil)}
	rd := stream.Renderer{Mode: scriptless.Mode}
	news := func(ctx context.Context) (string, error) { return database(ctx, "All is well") }
	h := rd.Handler(stream.Component(templ.Join(templ.Raw("<head>"), scriptless, templ.Raw("</head>"), body(
		text("News:"), suspense.Await(text("…"), news, func(s string) templ.Component { return text("%s", s) }),
	))))
	fmt.Println("-- a browser")
	visit(h)
	fmt.Println("-- without scripting, the second time")
	visit(h, "Cookie", "rivulet=in-order")
	// Output:
	// -- a browser
	// <head><noscript><meta http-equiv="refresh" content="0;url=?rivulet=in-order"></noscript></head><body>News:<?start name="1">…<?end><script>…</script>
	// <template for="1">All is well</template><!/></body>
	// -- without scripting, the second time
	// <head></head><body>News:
	// All is well</body>
}

func ExampleScriptless_Mode() {
	var scriptless stream.Scriptless
	r, _ := http.NewRequest("GET", "/news", nil)
	fmt.Println(scriptless.Mode(r))
	r.AddCookie(&http.Cookie{Name: "rivulet", Value: "in-order"})
	fmt.Println(scriptless.Mode(r))
	// Output:
	// out of order
	// in order
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
	fmt.Println(stream.OutOfOrder, "/", stream.InOrder, "/", stream.Complete, "/", stream.Multipart)
	// Output:
	// out of order / in order / complete / multipart
}

// A fragment with a table is requested by htmx with the extension hx-multipart.
// DefaultMode chooses the mode. The row that is the fallback is replaced by two. PART
// stands for random letters and digits.
func ExampleMultipart() {
	best := func(ctx context.Context) (string, error) { return database(ctx, "Ada") }
	rows := func(name string) templ.Component {
		return templ.Raw("<tr><td>" + templ.EscapeString(name) + "</td></tr><tr><td>Grace</td></tr>")
	}
	h := stream.Handler(stream.Component(templ.Join(
		templ.Raw("<table><tbody>"), suspense.Await(templ.Raw("<tr><td>…</td></tr>"), best, rows), templ.Raw("</tbody></table>"),
	)))
	visit(h, "HX-Request", "true", "HX-Request-Type", "partial", "Accept", "text/html, multipart/mixed, multipart/parallel")
	// Output:
	// --PART\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 81\r\n\r\n<table><tbody><tr data-rv-part="PART-1"><td>…</td></tr></tbody></table>\r\n
	// --PART\r\nContent-Type: text/html; charset=utf-8\r\nHX-Target: [data-rv-part="PART-1"]\r\nHX-Swap: outerHTML swapEmpty:true show:none\r\nHX-Select:\r\nContent-Length: 44\r\n\r\n<tr><td>Ada</td></tr><tr><td>Grace</td></tr>\r\n--PART--\r\n
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
