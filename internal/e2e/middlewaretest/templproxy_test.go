package middlewaretest_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	templproxy "github.com/a-h/templ/cmd/templ/generatecmd/proxy"
)

// templProxy runs the proxy of templ generate --watch --proxy before h.
func templProxy(t *testing.T, h http.Handler) string {
	t.Helper()
	target, err := url.Parse(serve(t, h, false).URL)
	if err != nil {
		t.Fatal(err)
	}
	p := httptest.NewServer(templproxy.New(slog.New(slog.DiscardHandler), "http", "127.0.0.1", 0, target))
	t.Cleanup(p.Close)
	return p.URL
}

func TestTheProxyOfTemplWatch(t *testing.T) {
	const reload = `<script src="/_templ/reload/script.js">`
	t.Run("each chunk comes in time, and the script that reloads", func(t *testing.T) {
		page := newGatedPage()
		v := get(t, client(t), templProxy(t, page.handler(-1)))
		timely(t, page, v)
		if !strings.Contains(v.page.String(), reload) {
			t.Errorf("page = %s, want it to contain %s", v.page.String(), reload)
		}
	})
	t.Run("a cut page is an error", func(t *testing.T) {
		page := newGatedPage()
		cut(t, page, get(t, client(t), templProxy(t, page.handler(2))))
	})
	t.Run("with compression in the program the page comes whole", func(t *testing.T) {
		page := newGatedPage()
		defer page.openAll()
		v := get(t, client(t), templProxy(t, zipped(t, page.handler(-1))))
		if got := v.soon("</script>"); got != "" {
			t.Logf("shell = %q: templ is better than docs/develop.md says", got)
		}
	})
	t.Run("with templ-skip-modify each chunk comes in time in spite of compression", func(t *testing.T) {
		page := newGatedPage()
		h := zipped(t, page.handler(-1))
		v := get(t, client(t), templProxy(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("templ-skip-modify", "true")
			h.ServeHTTP(w, r)
		})))
		timely(t, page, v)
	})
}
