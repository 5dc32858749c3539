package main

import (
	"crypto/rand"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
)

// strict gives each response a Content-Security-Policy. It allows content from
// the demo itself. Scripts and inline styles need a nonce that belongs to this
// one request. The nonce is in the context, where templ and Rivulet look for it.
//
// Trusted Types: strings become HTML in two places only. The policy "rivulet"
// belongs to the script of live regions. The policy "demo" belongs to the results
// that the search page fetches, with its own script or with htmx.
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(
			"default-src 'none'; style-src 'self' 'nonce-%[1]s'; script-src 'nonce-%[1]s'; img-src 'self' data:; connect-src 'self'; "+
				"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types rivulet demo", nonce))
		// A page with a nonce belongs to one request. Browsers may still keep it for
		// the back button, which no-store would forbid.
		w.Header().Set("Cache-Control", "private, no-cache")
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}
