package browsertest_test

import (
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

var afterWatch = map[string]string{
	"fallback": "#a > .dots",
	"a":        "#a:not(:has(> .dots)) > b.a",
	"b":        "#a:not(:has(.dots)) b.b",
}

const nonceOnly = "default-src 'none'; img-src 'self'; script-src 'nonce-{nonce}'; connect-src 'self'"

func scripts() []browsertest.Scenario {
	return []browsertest.Scenario{
		{
			Name:   "a script in a chunk runs once, and only with its nonce",
			Where:  browsertest.Scripted,
			Page:   pages.Inline(),
			Policy: nonceOnly,
			Watch:  afterWatch,
			Faults: []string{"policy: script-src-elem inline"},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallback")
				v.Reveal("a")
				v.Finished(t)
				want := []string{"with the nonce"}
				if got := v.Notes(); !slices.Equal(got, want) {
					t.Errorf("Notes() = %q, want %q", got, want)
				}
				if got := v.Faults(); len(got) != 2 {
					t.Errorf("Faults() = %q, want one for each script without the nonce", got)
				}
			},
		},
		{
			Name:   "a script that two chunks need runs once, with the first that arrives",
			Where:  browsertest.Scripted,
			Page:   pages.Once(),
			Policy: nonceOnly,
			Watch: map[string]string{
				"fallback": "#a > .dots",
				"a":        "#a:not(:has(> .dots)) > b.a:only-child",
				"b":        "#b:not(:has(> .dots)) > script + b.b",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallback")
				v.Reveal("b", "a")
				v.Finished(t)
				want := []string{"once"}
				if got := v.Notes(); !slices.Equal(got, want) {
					t.Errorf("Notes() = %q, want %q", got, want)
				}
			},
		},
		{
			Name:   "external scripts in a chunk run in order",
			Where:  browsertest.Scripted,
			Page:   pages.Sources(),
			Policy: nonceOnly,
			Watch:  afterWatch,
			Files: map[string]browsertest.File{
				"slow.js": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
					v.Pass("slow")
					script(w, `note("slow")`)
				},
				"fast.js": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
					script(w, `note("fast")`)
				},
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallback")
				v.Open("a")
				if !v.Engine().Native { // where the first keeps the parser from meeting the second
					v.WaitFetched("fast.js")
				}
				v.Open("slow")
				v.Wait("a")
				v.WaitNote("slow")
				v.WaitNote("fast")
				want := []string{"slow", "fast"}
				if got := v.Notes(); !slices.Equal(got, want) {
					t.Errorf("Notes() = %q, want %q", got, want)
				}
			},
		},
		{
			Name:  "a chunk that arrives while a script of the shell is on its way is not lost",
			Where: browsertest.Scripted,
			Page:  pages.Blocked(),
			Watch: map[string]string{
				"fallback": "#a > .dots",
				"a":        "#a:not(:has(> .dots)) > b.a",
				"b":        "#b:not(:has(> .dots)) > b.b",
			},
			Files: map[string]browsertest.File{
				"blocking.js": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
					v.Pass("script")
					script(w, `note("ran")`)
				},
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallback")
				v.Open("a")
				v.WaitLoaded("a")
				v.Picture() // the browser has had time for the chunk
				v.Open("script")
				v.WaitNote("ran")
				// Firefox may keep to itself what arrives in the moment in which
				// the script does, until more arrives.
				v.Open("b")
				v.Wait("a", "b")
			},
		},
		{
			Name:   "custom elements in chunks connect once",
			Where:  browsertest.Scripted,
			Page:   pages.Custom(),
			Policy: nonceOnly,
			Watch:  afterWatch,
			Files: map[string]browsertest.File{
				"element.js": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
					script(w, `customElements.define("x-noted", class extends HTMLElement {
					connectedCallback() { note("connected " + this.dataset.name) }
					disconnectedCallback() { note("disconnected " + this.dataset.name) }
				})`)
				},
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallback")
				v.Reveal("a", "b")
				v.Finished(t)
				want := []string{"connected outer", "connected inner"}
				if got := v.Notes(); !slices.Equal(got, want) {
					t.Errorf("Notes() = %q, want %q", got, want)
				}
			},
		},
	}
}

func script(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/javascript")
	io.WriteString(w, text)
}
