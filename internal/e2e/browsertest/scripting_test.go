package browsertest_test

import (
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// These come first: they say whether the browser is in the configuration that
// the others count on.
func scripting() []browsertest.Scenario {
	return []browsertest.Scenario{{
		Name: "without scripting or patching the page is refreshed into one in order",
		Where: func(e *browsertest.Engine) bool {
			return !browsertest.Streamed(e)
		},
		Page: pages.One(),
		Watch: map[string]string{
			"fallback": "#a > .dots",
			"content":  "#a > b.a",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallback")
			v.Open("a")
			v.Wait("content")
			var modes []string
			for _, r := range v.Requests() {
				modes = append(modes, r.URL.RawQuery)
			}
			if want := []string{"", "noscript=1"}; !slices.Equal(modes, want) {
				t.Errorf("the page was asked for with queries %q, want %q", modes, want)
			}
			if !v.InOrder() {
				t.Error("the page was not sent in order")
			}
		},
	}, {
		Name: "scripts run, or do not, as the configuration says",
		Page: pages.Scripting(),
		Watch: map[string]string{
			"on":  "#script.on",
			"off": "noscript > b",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			want := "off"
			if v.Engine().Scripting {
				want = "on"
			}
			v.Wait(want)
			if got := v.Seen(); len(got) != 1 {
				t.Errorf("Seen() = %q, want only %q", got, want)
			}
		},
	}, {
		Name:  "the browser patches, or does not, as the configuration says",
		Where: browsertest.Scripted,
		Page:  pages.One(),
		Run: func(t *testing.T, v *browsertest.Visit) {
			if got, want := v.Picture().Native, v.Engine().Native; got != want {
				t.Errorf("Native = %v, want %v", got, want)
			}
		},
	}}
}
