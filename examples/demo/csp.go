package main

import (
	"crypto/rand"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
)

// strict gives each response a Content-Security-Policy that allows what comes
// from the demo itself, and of scripts and inline styles only what carries a
// nonce made for this one request. The nonce is handed on in the context, where
// templ and Rivulet look for it.
//
// Trusted Types: strings become HTML in two places only, which have policies by
// these names. "rivulet" is that of the script of live regions, "demo" that of
// what the search page fetches, by its own script or by htmx.
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(
			"default-src 'none'; style-src 'self' 'nonce-%[1]s'; script-src 'nonce-%[1]s'; img-src 'self' data:; connect-src 'self'; "+
				"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types rivulet demo", nonce))
		// A page with a nonce belongs to one request. Browsers may keep it for
		// their visitor to go back to, which no-store would forbid.
		w.Header().Set("Cache-Control", "private, no-cache")
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}
