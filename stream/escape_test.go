package stream_test

import (
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

var evil = []string{
	`"><script>alert(1)</script>`, `' onload=alert(1) x='`, "<?end>", "</template><!/>", "-->", "]]>", "\x00", "&quot;", "\n", "r4nd0m", "é", "\xff", "{{x}}", `"`,
}

// written returns the bytes of a page with one failed boundary, in place or as
// a chunk, in the words of which nothing but x is strange.
func written(t *testing.T, x string, nonce bool) (body string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rec, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		if nonce {
			r = r.WithContext(templ.WithNonce(r.Context(), x))
		}
		rd := stream.Renderer{Trace: &quiet}
		err := rd.Render(rec, r, page(
			at(stream.Boundary{Name: x, Load: failing(0, errors.New(x))}),
			at(stream.Boundary{Name: x, Load: panicking(100*ms, x)}),
		))
		if err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		body = mask(rec.Body.String())
	})
	return body
}

// FuzzNames has a name and an error's text, which are not for the page.
func FuzzNames(f *testing.F) {
	for _, s := range evil {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, x string) {
		if got, want := written(t, x, false), written(t, "x", false); got != want {
			t.Errorf("body of a page with the name %q:\n%s\nwant\n%s", x, got, want)
		}
	})
}

// FuzzNonce has a nonce, which stands in an attribute.
func FuzzNonce(f *testing.F) {
	for _, s := range evil {
		f.Add(s)
	}
	attr := regexp.MustCompile(` nonce="([^"<>]*)"`)
	f.Fuzz(func(t *testing.T, x string) {
		body := written(t, x, true)
		if got, want := attr.ReplaceAllString(body, ""), written(t, "x", false); got != want {
			t.Errorf("body of a page with the nonce %q, without its attribute:\n%s\nwant\n%s", x, got, want)
		}
		found := attr.FindStringSubmatch(body)
		switch {
		case found == nil && x != "":
			t.Errorf("body of a page with the nonce %q:\n%s\nwant one with the nonce", x, body)
		case found != nil && unescape.Replace(found[1]) != mask(x):
			t.Errorf("nonce = %q, want %q", unescape.Replace(found[1]), x)
		}
	})
}

var unescape = strings.NewReplacer("&amp;", "&", "&#39;", "'", "&#34;", `"`, "&lt;", "<", "&gt;", ">")

// FuzzDigest has a digest, which is random and short but for callers of the
// error views.
func FuzzDigest(f *testing.F) {
	for _, s := range evil {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, x string) {
		var b strings.Builder
		if err := stream.PlainErrorView(&stream.BoundaryError{Digest: x}).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(b.String(), `<span role="alert">This part could not be loaded (`)
		text, ok2 := strings.CutSuffix(text, `).</span>`)
		if !ok || !ok2 || strings.ContainsAny(text, `<>"`) {
			t.Errorf("error view of the digest %q:\n%s", x, b.String())
		}
	})
}
