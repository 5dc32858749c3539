package browsertest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

func failures() []browsertest.Scenario {
	return []browsertest.Scenario{{
		Name: "a boundary that fails shows its error view with the digest, and the others their content",
		Page: pages.Failing(browsertest.Broken("broken", errors.New("the secret"))),
		Watch: map[string]string{
			"fallback": "#broken > .dots",
			"broken":   "#broken:not(:has(.dots)) > [role=alert]",
			"sorry":    "#sorry:not(:has(.dots)) > .sorry",
			"a":        "#a:not(:has(.dots)) > b.a",
			"b":        "#b:not(:has(.dots)) > b.b",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Waiting("fallback")
			if v.InOrder() {
				v.Open("broken")
				v.Reveal("a", "b")
				v.Wait("broken", "sorry")
			} else {
				v.Reveal("b", "broken")
				v.Wait("sorry")
				v.Reveal("a")
			}
			digests := v.Digests()
			if len(digests) != 2 {
				t.Fatalf("Digests() = %q, want two", digests)
			}
			if !v.Engine().Scripting {
				return
			}
			v.Finished(t)
			for _, id := range []string{"broken", "sorry"} {
				part := v.Picture().Parts[id]
				if !slices.ContainsFunc(digests, func(d string) bool { return strings.Contains(part, d) }) {
					t.Errorf("%s = %s, want one of the digests %q", id, part, digests)
				}
				if strings.Contains(part, "secret") {
					t.Errorf("%s = %s, which holds the error's text", id, part)
				}
			}
		},
	}}
}
