package browsertest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// logouts are about a boundary that is requested again when its session is over. What
// guards the page guards the boundary.
func logouts() (all []browsertest.Scenario) {
	toLogin := func() error { return stream.Redirect("?login", http.StatusSeeOther) }
	for _, guard := range []string{"the middleware", "the Page", "a critical load"} {
		var out atomic.Bool
		var loads atomic.Int64
		over := func(where string) bool { return where == guard && out.Load() }
		session := func(context.Context) (string, error) {
			if over("a critical load") {
				return "", toLogin()
			}
			return "session", nil
		}
		secret := func(context.Context) (string, error) { return fmt.Sprint("v", loads.Add(1)), nil }
		page := stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			if over("the Page") {
				return nil, toLogin()
			}
			return pages.Account(session, secret), nil
		})
		all = append(all, browsertest.Scenario{
			Name:  "a refresh after the logout leads to the login, to which " + guard + " redirects",
			Where: browsertest.Scripted,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "no-store")
				switch {
				case r.URL.Query().Has("login"):
					_ = stream.Render(w, r, pages.Login())
				case over("the middleware"):
					http.Redirect(w, r, "?login", http.StatusSeeOther)
				default:
					page.ServeHTTP(w, r)
				}
			}),
			Watch: map[string]string{"1": "#secret > .v1", "2": "#secret > .v2", "3": ".v3", "login": "#login"},
			// The probe's own request, as the page is left.
			Faults: []string{"NetworkError", "Failed to fetch", "Load failed"},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("1")
				v.WaitComplete()
				v.Dispatch("press")
				v.Wait("2")
				out.Store(true)
				v.Dispatch("press")
				v.Wait("login")
				if slices.Contains(v.Seen(), "3") {
					t.Error("the secret was seen after the logout")
				}
			},
		})
	}
	return all
}
