// go -C examples run ./csp

// Command csp serves one page under three policies: with a nonce, with hashes,
// and with files.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/nonce, /hash and /files")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes()))
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /nonce", withNonce(stream.Handler(stream.Component(Page(templates.Style())))))
	mux.Handle("GET /hash", with(hashes, stream.Handler(stream.Component(Page(StyleSheet())))))
	mux.Handle("GET /files", with(files, external.Handler(stream.Component(Page(StyleSheet())))))
	mux.Handle("GET /rivulet/", assets.Handler())
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, templates.CSS())
	})
	return mux
}

// withNonce gives each response a policy with a nonce of its own. The nonce is in
// the context, where templ and Rivulet look for it.
func withNonce(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; base-uri 'none'; "+
			"script-src 'nonce-"+nonce+"'; style-src 'nonce-"+nonce+"'; "+
			"require-trusted-types-for 'script'; trusted-types rivulet")
		w.Header().Set("Cache-Control", "private, no-cache") // the nonce is for one response
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}

// hashes allows the two scripts that a page with a key has, by their hashes.
var hashes = "default-src 'none'; connect-src 'self'; base-uri 'none'; style-src 'self'; " +
	"script-src " + assets.Unsuspense().Hash + " " + assets.Live().Hash

// files allows what the server itself serves. The page then has no inline script.
const files = "default-src 'none'; connect-src 'self'; base-uri 'none'; style-src 'self'; script-src 'self'"

var external = stream.Renderer{
	Script:     stream.ExternalScript("/rivulet/" + assets.Unsuspense().Name),
	LiveScript: stream.ExternalScript("/rivulet/" + assets.Live().Name),
}

func with(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		next.ServeHTTP(w, r)
	})
}

func weather(ctx context.Context) (string, error) {
	select {
	case <-time.After(300 * time.Millisecond):
		return "sunny, 21 °C", nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
