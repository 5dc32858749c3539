package rivulet_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// userKey is the key of the user's name in the context of a request.
type userKey struct{}

// TestAuthorization is about what a user may not see on a page. No key brings it, whoever
// checks: middleware, the Page, a critical load, or the load itself.
func TestAuthorization(t *testing.T) {
	const salaries = "salaries of all"
	mayNot := func(ctx context.Context) bool { return ctx.Value(userKey{}) != "boss" }
	forbidden := stream.Status(http.StatusForbidden, fmt.Errorf("not the boss"))
	view := func(text string) templ.Component { return templ.Raw("<b>" + text + "</b>") }
	text := func(text string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return text, nil }
	}
	check := func(ctx context.Context) (string, error) {
		if mayNot(ctx) {
			return "", forbidden
		}
		return "", nil
	}
	secret := suspense.Await(nil, text(salaries), view, suspense.Key("salaries"))
	hours := suspense.Await(nil, text("hours of all"), view, suspense.Key("hours"))
	company := suspense.Await(nil, text("company"), func(string) templ.Component { return templ.Join(hours, secret) }, suspense.Key("company"))
	page := func(c ...templ.Component) stream.Page { return stream.Component(templ.Join(c...)) }

	for _, tt := range []struct {
		name  string
		page  stream.Page
		hours int // the status for those who may not see the salaries, of what they may see
	}{
		{"middleware", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			if mayNot(r.Context()) {
				http.Redirect(w, r, "/login", http.StatusSeeOther)
				return nil, nil
			}
			return templ.Join(hours, secret), nil
		}, http.StatusSeeOther},
		{"the Page leaves it out", func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			if mayNot(r.Context()) {
				return hours, nil
			}
			return templ.Join(hours, secret), nil
		}, http.StatusOK},
		{"the Page", func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			if mayNot(r.Context()) {
				return nil, stream.Redirect("/login", http.StatusSeeOther)
			}
			return company, nil
		}, http.StatusSeeOther},
		{"a critical load beside it", page(hours, suspense.Await(nil, check, view, suspense.Critical()), secret), http.StatusForbidden},
		{"its own load", page(hours, suspense.Await(nil, func(ctx context.Context) (string, error) {
			if _, err := check(ctx); err != nil {
				return "", err
			}
			return salaries, nil
		}, view, suspense.Key("salaries"))), http.StatusOK},
		{"a load around it", page(hours, suspense.Await(nil, check, func(string) templ.Component { return secret }, suspense.Key("company"))), http.StatusOK},
		{"a check that both share", func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			allowed := suspense.Start(r.Context(), check)
			return templ.Join(hours, suspense.Await(nil, func(ctx context.Context) (string, error) {
				if _, err := allowed(ctx); err != nil {
					return "", err
				}
				return salaries, nil
			}, view, suspense.Key("salaries"))), nil
		}, http.StatusOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rd := stream.Renderer{Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}}
			handler := rd.Handler(tt.page)
			s := new(site)
			s.serveWith(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, r.Header.Get("User"))))
			}))
			seen := false
			for _, key := range []string{"", "salaries", "hours", "company", "company/salaries", "company/hours", "hours/salaries"} {
				for _, user := range []string{"boss", "clerk", ""} {
					status, body := s.ask(t, key, user)
					seen = seen || user == "boss" && key != "" && strings.Contains(body, salaries)
					if user != "boss" && strings.Contains(body, salaries) {
						t.Errorf("%q sees the salaries by the key %q: %d %s", user, key, status, body)
					}
					if user == "clerk" && key == "hours" && status != tt.hours {
						t.Errorf("the answer for the hours is a %d, want %d", status, tt.hours)
					}
				}
			}
			if !seen {
				t.Error("the boss gets the salaries by no key")
			}
		})
	}
}

// ask requests the page, or the boundary with that key, for a user.
func (s *site) ask(t *testing.T, key, user string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User", user)
	if key != "" {
		r.Header.Set("Rivulet", key)
	}
	answer, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(all)
}
