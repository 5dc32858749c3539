package stream_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

const (
	varyScript  = "Rivulet, HX-Request, Turbo-Frame, X-Up-Version, Datastar-Request, X-Requested-With"
	varyDest    = varyScript + ", Sec-Fetch-Dest"
	varyMode    = varyDest + ", Sec-Fetch-Mode"
	varyUpgrade = varyMode + ", Upgrade-Insecure-Requests"
	varyAccept  = varyUpgrade + ", Accept"
	varyReferer = varyAccept + ", Referer"
	varyPrefix  = ", Rivulet-Prefix"

	varyParts   = varyScript + ", Accept"
	varyPartial = varyParts + ", HX-Request-Type"
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
		{"Safari before 16.4, https and http", []string{"Accept", firefoxAccept, "Referer", "http://site/"}, stream.OutOfOrder, varyAccept + varyPrefix},
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
		{"an old Android WebView", []string{"Accept", chromiumAccept, "X-Requested-With", "com.example.app"}, stream.OutOfOrder, varyAccept + varyPrefix},
		{"htmx", []string{"Accept", "*/*", "HX-Request", "true", "HX-Current-URL", "https://site/", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, stream.Complete, varyParts},
		{"htmx, http", []string{"Accept", "text/html", "HX-Request", "true"}, stream.Complete, varyParts},
		{"hx-multipart", []string{"Accept", "text/html, multipart/mixed, multipart/parallel", "HX-Request", "true", "HX-Request-Type", "partial", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, stream.Multipart, varyPartial},
		{"hx-multipart for the whole page", []string{"Accept", "text/html, multipart/mixed, multipart/parallel", "HX-Request", "true", "HX-Request-Type", "full"}, stream.Complete, varyPartial},
		{"hx-multipart for a key", []string{"Accept", "text/html, multipart/mixed", "HX-Request", "true", "HX-Request-Type", "partial", "Rivulet", "1"}, stream.Complete, varyScript},
		{"another client of multipart", []string{"Accept", "multipart/mixed", "HX-Request-Type", "partial"}, stream.Complete, varyAccept},
		{"a Turbo frame, http", []string{"Accept", "text/html, application/xhtml+xml", "Turbo-Frame", "messages"}, stream.Complete, varyScript},
		{"Turbo Drive, https", []string{"Accept", "text/html, application/xhtml+xml", "Sec-Fetch-Mode", "same-origin", "Sec-Fetch-Dest", "empty"}, stream.Complete, varyUpgrade},
		{"Unpoly, http", []string{"Accept", "text/html", "X-Up-Version", "3.11.0", "X-Up-Target", "main"}, stream.Complete, varyScript},
		{"Datastar, http", []string{"Accept", "text/event-stream, text/html, application/json", "Datastar-Request", "true"}, stream.Complete, varyScript},
		{"the script of live regions", []string{"Accept", "*/*", "Rivulet", "1", "Sec-Fetch-Dest", "document"}, stream.Complete, varyScript},
		{"curl", []string{"Accept", "*/*", "User-Agent", "curl/7.88.1"}, stream.OutOfOrder, varyReferer + varyPrefix},
		{"a crawler", []string{"Accept", "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8", "User-Agent", "Googlebot"}, stream.OutOfOrder, varyAccept + varyPrefix},
		{"no headers", nil, stream.OutOfOrder, varyAccept},
		{"a client of an API", []string{"Accept", "application/json"}, stream.Complete, varyAccept},
		{"an image", []string{"Accept", "image/avif,image/webp,*/*;q=0.8", "Referer", "http://site/"}, stream.Complete, varyAccept},
		{"a script element", []string{"Accept", "*/*", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, stream.Complete, varyUpgrade},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := chosen(t, nil, header(tt.header...))
			if got.mode != tt.want || got.vary != tt.vary {
				t.Errorf("mode = %v, Vary = %q; want %v, %q", got.mode, got.vary, tt.want, tt.vary)
			}
			want := ""
			if strings.HasSuffix(tt.vary, varyPrefix) {
				want = random
			}
			if got.prefix != want {
				t.Errorf("prefix = %q, want %q", got.prefix, want)
			}
		})
	}
}

// TestVaryIsExact holds, of random requests, that a header which Vary names can
// change the answer and one which it does not name cannot: without a Mode, and
// with one to which all requests are the same, and with one that asks DefaultMode.
func TestVaryIsExact(t *testing.T) {
	testkit.SkipWithRace(t, "ten times as slow, and each request is answered alone")
	values := map[string][]string{
		"Rivulet": {"", "1"}, "Hx-Request": {"", "true"}, "Turbo-Frame": {"", "a"}, "X-Up-Version": {"", "3"},
		"Datastar-Request": {"", "true"}, "X-Requested-With": {"", "", "com.app", "XMLHttpRequest"},
		"Sec-Fetch-Dest": {"", "", "document", "empty", "iframe"}, "Sec-Fetch-Mode": {"", "", "navigate", "cors"},
		"Upgrade-Insecure-Requests": {"", "", "1"}, "Accept": {"", "*/*", "*/*", "text/html", "image/png", "text/html, multipart/mixed"}, "Hx-Request-Type": {"", "full", "partial"},
		"Referer": {"", "https://site/"}, "Sec-Fetch-Site": {"", "none"}, "User-Agent": {"", "curl"}, "Origin": {"", "https://site"},
		"Rivulet-Prefix": {"", "", "mine", "<"},
	}
	for name, mode := range map[string]func(*http.Request) stream.Mode{
		"without a Mode": nil, "with a Mode": always(stream.OutOfOrder), "with a Mode that calls DefaultMode": stream.Crawlers(nil),
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for range 1000 {
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
				got := chosen(t, mode, h)
				for name, of := range values {
					changes := false
					for _, v := range of {
						other := h.Clone()
						if other.Del(name); v != "" {
							other.Set(name, v)
						}
						changes = changes || chosen(t, mode, other) != got
					}
					named := slices.Contains(strings.Split(strings.ToLower(got.vary), ", "), strings.ToLower(name))
					// What says Complete by itself hides what the others would say. Behind the
					// flush there may be a key, which a request can name in Rivulet.
					hidden := strings.Contains(strings.ToLower(varyScript), strings.ToLower(name)) &&
						(got.vary == varyScript || strings.HasPrefix(got.vary, varyParts))
					if changes && !named || named && !changes && !hidden && name != "Rivulet" {
						t.Fatalf("%v gets %+v; %s changes it: %t", h, got, name, changes)
					}
				}
			}
		})
	}
}

func header(fields ...string) http.Header {
	h := make(http.Header)
	for i := 0; i < len(fields); i += 2 {
		h.Set(fields[i], fields[i+1])
	}
	return h
}

// A choice is what the headers of a request decide.
type choice struct {
	mode   stream.Mode
	vary   string
	prefix string // of the ids; or random
}

const random = "random"

// chosen returns how a request with the header h is answered by a Renderer with
// that Mode.
func chosen(t *testing.T, mode func(*http.Request) stream.Mode, h http.Header) choice {
	t.Helper()
	rec, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	r.Header = h
	rd := stream.Renderer{Mode: mode}
	// A notice has an id, and needs no load.
	if err := rd.Render(rec, r, page(whilePending, templ.Flush(), html("1"))); err != nil {
		t.Fatalf("Render() = %v", err)
	}
	a := choice{mode: stream.Complete, vary: strings.Join(rec.Header().Values("Vary"), ", ")}
	if rec.Header().Get("X-Accel-Buffering") == "no" {
		a.mode = stream.OutOfOrder
	}
	ask := stream.DefaultMode
	if mode != nil {
		ask = mode
	}
	got := ask(r)
	if got == stream.Multipart && a.mode == stream.Complete {
		a.mode = got // there is nothing to wait for
	}
	if mode == nil && got != a.mode {
		t.Errorf("DefaultMode() = %v, and the page is sent %v", got, a.mode)
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(rec.Body.String(), `<body><?start name="`), `"`)
	if a.mode == stream.OutOfOrder {
		a.prefix = strings.TrimSuffix(id, "1")
		if randomPrefix.MatchString(a.prefix) && a.prefix != "mine-" {
			a.prefix = random
		}
	}
	return a
}
