package inspecttest

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
)

// TestLive has the pages change while they are looked at. The harness reports
// errors of scripts and violations of the policy.
func TestLive(t *testing.T) {
	for _, engine := range []*browsertest.Engine{browsertest.Chromium(), browsertest.Firefox()} {
		t.Run(engine.Name, func(t *testing.T) {
			running := newSite()
			done := make(chan struct{})
			go func() { // waited for below
				running.get("/held")
				close(done)
			}()
			for running.inspects() == 0 {
				runtime.Gosched()
			}
			browsertest.Run(t, engine, []browsertest.Scenario{list(newSite()), held(running)})
			<-done
		})
	}
}

func list(s *site) browsertest.Scenario {
	return browsertest.Scenario{
		Name:    "a response appears in the list and then its end",
		Handler: probed(s.mux, "/inspect", s.inspector.URL("")),
		Watch: map[string]string{
			"empty":   "#rows:empty",
			"running": "#rows > #r1 .is-running",
			"sent":    "#rows > #r1 .is-sent",
			"newer":   "#rows > #r2 + #r1",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("empty")
			done := make(chan struct{})
			go func() { // waited for below
				s.get("/held")
				close(done)
			}()
			v.Wait("running")
			close(s.release)
			<-done
			v.Wait("sent")
			s.get("/missing")
			v.Wait("newer")
		},
	}
}

func held(s *site) browsertest.Scenario {
	return browsertest.Scenario{
		Name:    "a waterfall grows while its response runs",
		Handler: probed(s.mux, "/inspect", s.inspector.URL("?id=1")),
		Watch: map[string]string{
			"loading": ".bars rect.loading:not([width^='0.'])", // the later the load was met, the farther from 100%
			"sent":    ".chunks .chunk + .chunk",
			"settled": "#pause[hidden]",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("loading")
			close(s.release)
			v.Wait("sent", "settled")
		},
	}
}

// get asks for a page of the site, and returns when it has been sent.
func (s *site) get(path string) {
	s.mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
}

// inspects returns how many responses the inspector keeps.
func (s *site) inspects() int {
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("GET", s.inspector.URL("/inspect?format=json"), nil)
	s.mux.ServeHTTP(rec, r)
	return strings.Count(rec.Body.String(), `"id"`)
}

// probed serves the page at path with the harness's probe in its head. A browser
// that has not opened the inspector yet is taken to ask for query.
func probed(h http.Handler, path, query string) http.Handler {
	nonce := regexp.MustCompile(`script-src 'nonce-(\w+)'`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		url := *r.URL
		url.Path = path
		if url.RawQuery == "" && !strings.Contains(r.Header.Get("Cookie"), "rivulet-inspect-") {
			url.RawQuery = strings.TrimPrefix(query, "?")
		}
		r = r.WithContext(r.Context())
		r.URL = &url
		if url.Query().Has("events") {
			h.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		page := rec.Body.String()
		if m := nonce.FindStringSubmatch(rec.Header().Get("Content-Security-Policy")); m != nil {
			var probe strings.Builder
			_ = browsertest.Probe().Render(templ.WithNonce(r.Context(), m[1]), &probe)
			page = strings.Replace(page, "<head>", "<head>"+probe.String(), 1)
		}
		_, _ = w.Write([]byte(page))
	})
}
