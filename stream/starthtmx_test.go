package stream_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream"
)

func TestStartHTMX(t *testing.T) {
	render := func(t *testing.T, nonce string, c templ.Component) string {
		t.Helper()
		r := httptest.NewRequest("GET", "/", nil)
		w := httptest.NewRecorder()
		var rd stream.Renderer
		if err := rd.Render(w, r.WithContext(templ.WithNonce(r.Context(), nonce)), c); err != nil {
			t.Fatal(err)
		}
		return w.Body.String()
	}
	text := assets.StartHTMX().Text
	t.Run("stands in a page once, with the nonce of the page", func(t *testing.T) {
		got := render(t, "n", templ.Join(stream.StartHTMX(stream.Script{}), stream.StartHTMX(stream.Script{})))
		if want := `<script nonce="n">` + text + `</script>`; got != want {
			t.Errorf("the page is %q, want %q", got, want)
		}
	})
	t.Run("may come from a URL", func(t *testing.T) {
		got := render(t, "", stream.StartHTMX(stream.ExternalScript("/rivulet/"+assets.StartHTMX().Name)))
		if want := `<script async src="/rivulet/` + assets.StartHTMX().Name + `"></script>`; got != want {
			t.Errorf("the page is %q, want %q", got, want)
		}
	})
}

// The component stands last in the body, and htmx is loaded without defer.
func ExampleStartHTMX() {
	page := templ.Join(
		templ.Raw(`<head><script src="/htmx.js"></script></head><body><button hx-get="/clicked">Click</button>`),
		stream.StartHTMX(stream.Script{}),
		templ.Raw(`</body>`),
	)
	w := httptest.NewRecorder()
	stream.Handler(stream.Component(page)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(strings.HasSuffix(w.Body.String(), `</script></body>`))
	// Output: true
}
