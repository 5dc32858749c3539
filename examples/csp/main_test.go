package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// TestNoPolicyIsViolated shows each page in Chromium, which patches it and does
// not, and lets Chromium report what the policy has stopped.
func TestNoPolicyIsViolated(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: apt-get install chromium")
		}
		t.Skip("chromium is missing: apt-get install chromium")
	}
	for _, path := range []string{"/nonce", "/hash", "/files"} {
		for name, flag := range map[string]string{
			"patched by the browser": "--disable-sync",
			"patched by the script":  "--disable-blink-features=DocumentPatching,HTMLProcessingInstruction",
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				r := &reports{Handler: routes()}
				server := httptest.NewServer(r)
				defer server.Close()
				cmd := exec.CommandContext(t.Context(), "chromium", "--headless", "--no-sandbox", flag,
					"--user-data-dir="+t.TempDir(), "--timeout=2000", "--dump-dom", server.URL+path)
				dom, err := cmd.Output()
				if err != nil {
					t.Fatal(err)
				}
				if got := string(dom); !strings.Contains(got, `<p class="weather">sunny, 21 °C</p>`) ||
					strings.Contains(got, "<template for=") || !strings.Contains(got, "data-live=") {
					t.Errorf("dom = %s\nwant the weather in place, and the script live", got)
				}
				if got := r.all(); got != "" {
					t.Errorf("violations: %s", got)
				}
			})
		}
	}
}

// reports adds an address for reports to each policy, and keeps them.
type reports struct {
	http.Handler
	mu   sync.Mutex
	text strings.Builder
}

func (r *reports) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/reports" {
		text, err := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil {
			text = []byte(err.Error())
		}
		r.text.Write(text)
		return
	}
	r.Handler.ServeHTTP(&reporting{ResponseWriter: w}, req)
}

func (r *reports) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

type reporting struct {
	http.ResponseWriter
	once sync.Once
}

func (w *reporting) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *reporting) WriteHeader(code int) {
	w.once.Do(func() {
		if policy := w.Header().Get("Content-Security-Policy"); policy != "" {
			w.Header().Set("Content-Security-Policy", policy+"; report-uri /reports")
		}
	})
	w.ResponseWriter.WriteHeader(code)
}

func (w *reporting) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.ResponseWriter.Write(p)
}
