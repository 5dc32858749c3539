package stream_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream"
)

const (
	varyScript  = "Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With"
	varyDest    = varyScript + ", Sec-Fetch-Dest"
	varyMode    = varyDest + ", Sec-Fetch-Mode"
	varyUpgrade = varyMode + ", Upgrade-Insecure-Requests"
	varyAccept  = varyUpgrade + ", Accept"
	varyReferer = varyAccept + ", Referer"
)

// What browsers accept of a navigation.
const (
	chromiumAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefoxAccept  = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
)

func TestDefaultMode(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header []string // names and values
		want   stream.Mode
		vary   string
	}{
		{"Chromium, https", []string{"Accept", chromiumAccept, "Upgrade-Insecure-Requests", "1", "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-User", "?1", "Sec-Fetch-Dest", "document"}, stream.OutOfOrder, varyDest},
		{"Chromium, http", []string{"Accept", chromiumAccept, "Upgrade-Insecure-Requests", "1", "Referer", "http://site/"}, stream.OutOfOrder, varyUpgrade},
		{"Firefox, https", []string{"Accept", firefoxAccept, "Upgrade-Insecure-Requests", "1", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin", "Priority", "u=0, i"}, stream.OutOfOrder, varyDest},
		{"Firefox, http", []string{"Accept", firefoxAccept, "Upgrade-Insecure-Requests", "1"}, stream.OutOfOrder, varyUpgrade},
		{"Safari, https", []string{"Accept", firefoxAccept, "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "none"}, stream.OutOfOrder, varyDest},
		{"Safari before 16.4, https and http", []string{"Accept", firefoxAccept, "Referer", "http://site/"}, stream.OutOfOrder, varyAccept},
		{"a frame", []string{"Accept", chromiumAccept, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, stream.OutOfOrder, varyDest},
		{"an embed", []string{"Accept", chromiumAccept, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "embed"}, stream.OutOfOrder, varyDest},
		{"an object", []string{"Accept", chromiumAccept, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "object"}, stream.OutOfOrder, varyMode},
		{"a service worker that passes it on", []string{"Accept", chromiumAccept, "Upgrade-Insecure-Requests", "1", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "same-origin", "Sec-Fetch-Dest", "empty", "Referer", "https://site/"}, stream.OutOfOrder, varyUpgrade},
		{"fetch, https", []string{"Accept", "*/*", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Referer", "https://site/"}, stream.Complete, varyUpgrade},
		{"fetch for HTML, https", []string{"Accept", "text/html", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, stream.Complete, varyUpgrade},
		{"fetch without a referrer, https", []string{"Accept", "*/*", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, stream.Complete, varyUpgrade},
		{"fetch, http", []string{"Accept", "*/*", "Referer", "http://site/"}, stream.Complete, varyReferer},
		{"XHR, http", []string{"Accept", "*/*", "X-Requested-With", "XMLHttpRequest", "Referer", "http://site/"}, stream.Complete, varyScript},
		{"XHR for HTML, http", []string{"Accept", "text/html, */*; q=0.01", "X-Requested-With", "XMLHttpRequest"}, stream.Complete, varyScript},
		{"an Android WebView", []string{"Accept", chromiumAccept, "X-Requested-With", "com.example.app", "Upgrade-Insecure-Requests", "1", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, stream.OutOfOrder, varyDest},
		{"an old Android WebView", []string{"Accept", chromiumAccept, "X-Requested-With", "com.example.app"}, stream.OutOfOrder, varyAccept},
		{"htmx", []string{"Accept", "*/*", "HX-Request", "true", "HX-Current-URL", "https://site/", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, stream.Complete, varyScript},
		{"htmx, http", []string{"Accept", "text/html", "HX-Request", "true"}, stream.Complete, varyScript},
		{"a Turbo frame, http", []string{"Accept", "text/html, application/xhtml+xml", "Turbo-Frame", "messages"}, stream.Complete, varyScript},
		{"Turbo Drive, https", []string{"Accept", "text/html, application/xhtml+xml", "Sec-Fetch-Mode", "same-origin", "Sec-Fetch-Dest", "empty"}, stream.Complete, varyUpgrade},
		{"Unpoly, http", []string{"Accept", "text/html", "X-Up-Version", "3.11.0", "X-Up-Target", "main"}, stream.Complete, varyScript},
		{"Datastar, http", []string{"Accept", "text/event-stream, text/html, application/json", "Datastar-Request", "true"}, stream.Complete, varyScript},
		{"the script of live regions", []string{"Accept", "*/*", "Rivulet", "1", "Sec-Fetch-Dest", "document"}, stream.Complete, varyScript},
		{"curl", []string{"Accept", "*/*", "User-Agent", "curl/7.88.1"}, stream.OutOfOrder, varyReferer},
		{"a crawler", []string{"Accept", "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8", "User-Agent", "Googlebot"}, stream.OutOfOrder, varyAccept},
		{"no headers", nil, stream.OutOfOrder, varyAccept},
		{"a client of an API", []string{"Accept", "application/json"}, stream.Complete, varyAccept},
		{"an image", []string{"Accept", "image/avif,image/webp,*/*;q=0.8", "Referer", "http://site/"}, stream.Complete, varyAccept},
		{"a script element", []string{"Accept", "*/*", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, stream.Complete, varyUpgrade},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, vary := chosen(t, header(tt.header...)); got != tt.want || vary != tt.vary {
				t.Errorf("mode = %v, Vary = %q; want %v, %q", got, vary, tt.want, tt.vary)
			}
		})
	}
}

// TestVaryIsExact holds, of random requests, that a header which Vary names can
// change the answer and one which it does not name cannot.
func TestVaryIsExact(t *testing.T) {
	values := map[string][]string{
		"Rivulet": {"", "1"}, "Hx-Request": {"", "true"}, "Turbo-Frame": {"", "a"}, "X-Up-Version": {"", "3"},
		"Datastar-Request": {"", "true"}, "X-Requested-With": {"", "", "com.app", "XMLHttpRequest"},
		"Sec-Fetch-Dest": {"", "", "document", "empty", "iframe"}, "Sec-Fetch-Mode": {"", "", "navigate", "cors"},
		"Upgrade-Insecure-Requests": {"", "", "1"}, "Accept": {"", "*/*", "*/*", "text/html", "image/png"},
		"Referer": {"", "https://site/"}, "Sec-Fetch-Site": {"", "none"}, "User-Agent": {"", "curl"}, "Origin": {"", "https://site"},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		h := make(http.Header)
		for name, of := range values {
			v := of[r.IntN(len(of))]
			if slices.Contains([]string{"Rivulet", "Hx-Request", "Turbo-Frame", "X-Up-Version", "Datastar-Request"}, name) && r.IntN(4) > 0 {
				v = "" // or little else would be looked at
			}
			if v != "" {
				h.Set(name, v)
			}
		}
		mode, vary := chosen(t, h)
		for name, of := range values {
			changes := false
			for _, v := range of {
				other := h.Clone()
				if other.Del(name); v != "" {
					other.Set(name, v)
				}
				m, w := chosen(t, other)
				changes = changes || m != mode || w != vary
			}
			named := strings.Contains(strings.ToLower(vary)+",", strings.ToLower(name)+",")
			// What says Complete by itself hides what the others would say.
			if changes && !named || named && !changes && vary != varyScript {
				t.Fatalf("%v gets %v with Vary %q; %s changes it: %t", h, mode, vary, name, changes)
			}
		}
	}
}

func header(fields ...string) http.Header {
	h := make(http.Header)
	for i := 0; i < len(fields); i += 2 {
		h.Set(fields[i], fields[i+1])
	}
	return h
}

// chosen returns how a request with the header h is answered, and the Vary of
// the answer.
func chosen(t *testing.T, h http.Header) (stream.Mode, string) {
	t.Helper()
	rec, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	r.Header = h
	if err := stream.Render(rec, r, html("1")); err != nil {
		t.Fatalf("Render() = %v", err)
	}
	mode := stream.Complete
	if rec.Header().Get("X-Accel-Buffering") == "no" {
		mode = stream.OutOfOrder
	}
	if got := stream.DefaultMode(r); got != mode {
		t.Errorf("DefaultMode() = %v, and the page is sent %v", got, mode)
	}
	return mode, strings.Join(rec.Header().Values("Vary"), ", ")
}
