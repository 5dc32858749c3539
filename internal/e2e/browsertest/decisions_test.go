package browsertest_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// decisions are about errors that decide the status after the first byte.
func decisions() []browsertest.Scenario {
	return []browsertest.Scenario{
		leaving("a late redirect leads on while another load is pending", "", stream.OutOfOrder, browsertest.Streamed),
		leaving("a late redirect of a page in order leads on", "", stream.InOrder, nil),
		leaving("a late redirect leads on under a policy that allows no scripts but those of the page",
			"default-src 'none'; connect-src 'self'; style-src 'self'; img-src 'self'; script-src 'nonce-nonce'", stream.OutOfOrder, browsertest.Streamed),
		hurrying(),
	}
}

// hurrying is a page with a nonce and an image that does not come. A script leads on.
func hurrying() browsertest.Scenario {
	s := leaving("a late redirect does not wait for an image if the page has a nonce",
		"default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'nonce-nonce'", stream.OutOfOrder, browsertest.Scripted)
	s.Handler = leave("default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'nonce-nonce'", stream.OutOfOrder, "image")
	s.Files["image"] = func(_ *browsertest.Visit, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	return s
}

// leaving is a scenario in which a load redirects after the first byte.
func leaving(name, policy string, mode stream.Mode, where func(*browsertest.Engine) bool) browsertest.Scenario {
	return browsertest.Scenario{
		Name:  name,
		Where: where,
		Watch: map[string]string{
			"start":   "#start",
			"arrived": "#arrived",
		},
		// Firefox says so of a report that was on its way.
		Faults:  []string{"TypeError: NetworkError when attempting to fetch resource."},
		Handler: leave(policy, mode, ""),
		Files:   map[string]browsertest.File{"arrived": arrive},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("start")
			v.Open("a")
			v.Wait("arrived")
			if got, want := v.Seen(), []string{"start", "arrived"}; !slices.Equal(got, want) {
				t.Errorf("Seen() = %q, want %q", got, want)
			}
			if got := len(v.Requests()); got != 1 {
				t.Errorf("the page was asked for %d times, want once", got)
			}
		},
	}
}

// leave sends a page whose boundary a redirects. It has an image unless that is "".
func leave(policy string, mode stream.Mode, image string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		rd := stream.Renderer{Mode: func(*http.Request) stream.Mode { return mode }, Trace: &stream.Trace{
			Failed: func(context.Context, *stream.BoundaryError) {},
		}}
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
			r = r.WithContext(templ.WithNonce(r.Context(), "nonce"))
		}
		page := pages.Leaving(browsertest.Broken("a", stream.Redirect("arrived?from='a'", http.StatusSeeOther)), image)
		if err := rd.Render(w, r, page); err != nil && !errors.Is(err, context.Canceled) {
			panic(http.ErrAbortHandler)
		}
	})
}

// arrive sends the page that the redirect leads to. With scripting off, it leads
// back to the test when the visit has ended.
func arrive(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "from=%27a%27" {
		http.Error(w, r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	if !v.Engine().Scripting {
		w.Header().Set("Refresh", "0;url=/next")
	}
	w.Header().Set("Cache-Control", "no-store")
	_ = stream.Render(w, r, pages.Arrived())
}
