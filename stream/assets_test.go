package stream_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/parts"
)

// TestAssets is about what templ emits once: it must come with the first that
// needs it to arrive.
func TestAssets(t *testing.T) {
	fails := half("", func() error { return errBoom })
	run(t, []pageTest{
		{name: "a class in the shell and in views comes with the shell", page: page(
			parts.Warn("shell"), slot(after(100*ms, parts.Warn("1"))), slot(after(200*ms, parts.Warn("2"))),
		)},
		{name: "a class in views comes with the first that is sent", page: page(
			slot(after(200*ms, parts.Warn("1"))), slot(after(100*ms, parts.Warn("2"))),
		)},
		{name: "a class in a fallback and in its view comes with both", page: page(
			at(stream.Boundary{Fallback: parts.Warn("dots"), Load: after(100*ms, parts.Warn("1"))}),
		)},
		{name: "a class in a fallback and in the shell comes with both", page: page(
			at(stream.Boundary{Fallback: parts.Warn("dots"), Load: after(100*ms, html("1"))}), parts.Warn("shell"),
		)},
		{name: "a class of a view that fails comes with the next that needs it", page: page(
			slot(after(100*ms, parts.Warn("lost"), fails)), slot(after(200*ms, parts.Warn("2"))), slot(after(300*ms, parts.Warn("3"))),
		)},
		{name: "a class of a view that fails comes with its error view", page: page(
			at(stream.Boundary{Load: after(100*ms, parts.Warn("lost"), fails), ErrorView: func(*stream.BoundaryError) templ.Component { return parts.Warn("sorry") }}),
		)},
		{name: "a class of a load that fails comes with the next that needs it", page: page(
			slot(stream.Prerender(templ.Join(parts.Warn("lost"), waiting(100*ms, ""), fails))), slot(after(200*ms, parts.Warn("2"))),
		)},
		{name: "a class comes once with each Suspense", page: page(
			slot(stream.Prerender(templ.Join(waiting(100*ms, ""), parts.Warn("1"), parts.Warn("1")))),
			slot(stream.Prerender(templ.Join(waiting(200*ms, ""), parts.Warn("2")))),
		)},
		{name: "a class in a view that is in place comes with the shell", page: page(
			slot(after(0, parts.Warn("1"))), slot(after(100*ms, parts.Warn("2"))),
		)},
		{name: "a script in views comes with the first that is sent", page: page(
			slot(after(200*ms, parts.Greet("1"))), slot(after(100*ms, parts.Greet("2"))),
		)},
		{name: "a script in the shell and in a view comes with the shell", page: page(parts.Greet("shell"), slot(after(100*ms, parts.Greet("1"))))},
		{name: "Once in views comes with the first that is sent", page: page(
			slot(after(200*ms, parts.Chart("1"))), slot(after(100*ms, parts.Chart("2"))),
		)},
		{name: "Once in the shell and in a view comes with the shell", page: page(parts.Chart("shell"), slot(after(100*ms, parts.Chart("1"))))},
		{name: "Once of a view that fails comes with the next that needs it", page: page(
			slot(after(100*ms, parts.Chart("lost"), fails)), slot(after(200*ms, parts.Chart("2"))),
		)},
		{name: "in order what is claimed is what has arrived", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: page(
			slot(after(200*ms, parts.Warn("1"))), slot(after(100*ms, parts.Warn("2"))),
		)},
		{name: "what was claimed before the page is not sent again", page: page(slot(after(100*ms, parts.Chart("1")))), request: func(r *http.Request) *http.Request {
			ctx := templ.InitializeContext(r.Context())
			_ = parts.Chart("elsewhere").Render(ctx, io.Discard)
			return r.WithContext(ctx)
		}},
	})
}

func TestScripts(t *testing.T) {
	nonce := func(s string) func(*http.Request) *http.Request {
		return func(r *http.Request) *http.Request { return r.WithContext(templ.WithNonce(r.Context(), s)) }
	}
	c := page(slot(after(100*ms, parts.Greet("1"))))
	run(t, []pageTest{
		{name: "inline", page: c},
		{name: "with a nonce, which what comes later has too", page: c, request: nonce("r4nd0m")},
		{name: "a nonce for a Suspense and a fallback", request: nonce("r4nd0m"), page: page(
			at(stream.Boundary{Fallback: parts.Greet("dots"), Load: stream.Prerender(templ.Join(waiting(100*ms, ""), parts.Greet("1")))}),
		)},
		{name: "a nonce outlives a view that fails", request: nonce("r4nd0m"), page: page(
			slot(after(100*ms, half("", func() error { return errBoom }))), slot(after(200*ms, parts.Greet("2"))),
		)},
		{name: "a nonce is escaped", page: c, request: nonce(`"><script>alert(1)</script>`)},
		{name: "external", rd: stream.Renderer{Script: stream.ExternalScript("/unsuspense.js?a=1&b=2")}, page: c},
		{name: "external with a nonce", rd: stream.Renderer{Script: stream.ExternalScript("/unsuspense.js")}, page: c, request: nonce("r4nd0m")},
		{name: "external is escaped", rd: stream.Renderer{Script: stream.ExternalScript(`"><script>alert(1)</script>`)}, page: c},
		{name: "none", rd: stream.Renderer{Script: stream.NoScript()}, page: c},
		{name: "nothing is pending", page: page(slot(after(0, html("1"))))},
	})
}
