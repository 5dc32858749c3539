package browsertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// named is about elements whose names replace properties of the document, of the
// window and of forms, as unsanitized HTML may have them, and the page's own.
func named() []browsertest.Scenario {
	var all []browsertest.Scenario
	for _, kind := range []struct{ name, html string }{
		{"forms", `<form name="%s"></form>`},
		{"images", `<img name="%[1]s" id="%[1]s" alt="">`},
		{"objects with ids, twice", `<object id="%[1]s" name="%[1]s"></object><a id="%[1]s"></a><a id="%[1]s" name="%[1]s"></a>`},
		{"frames", `<iframe name="%s" title="x"></iframe>`},
		{"controls", `<form for="1" tabindex="0"><input name="%[1]s"><input name="content"></form>`},
		{"controls of one form", ""},
	} {
		var html strings.Builder
		if kind.html == "" {
			html.WriteString(`<form for="1" tabindex="0" id="all">`)
			for _, name := range names {
				fmt.Fprintf(&html, `<input name="%s"><fieldset id="%[1]s"></fieldset>`, name)
			}
			html.WriteString(`</form>`)
		}
		// Frames are slow: some of them for each name of the window.
		for i, name := range names {
			if kind.html != "" && (kind.name != "frames" || i%8 == 0 || name == "trustedTypes" || name == "body") {
				fmt.Fprintf(&html, kind.html, name)
			}
		}
		f := newFeed("first")
		box := f.region("box")
		all = append(all, browsertest.Scenario{
			Name:   "names stop nothing: " + kind.name,
			Where:  browsertest.Scripted,
			Policy: strings.Replace(livePolicy, "default-src 'none'", "default-src 'none'; frame-src 'self'", 1),
			Page:   pages.Names(box, f.load, html.String()),
			Files:  f.files(`Math.random = () => .01;`),
			Faults: []string{"cannot load undefined"}, // an object of nothing
			Watch: map[string]string{
				"open": "html[data-live=open] #box > .first", "a": "#a > b.a", "b": "body > b.b", "c": "#c > b.c",
				"second": "#box > .second", "third": "html[data-live=open] #box > .third", "gone": "#box:has(> .second):not(:has(.first))",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("open")
				v.Reveal("b", "c", "a")
				works(t, v, f, box)
			},
		})
	}
	return all
}
