package main

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

var update = flag.Bool("update", false, "take the pictures again")

func TestTheCityArrivesInThreeSteps(t *testing.T) {
	if sent := arrival(t); len(sent) != 3 {
		t.Errorf("the page came in %d steps, want the shell and two chunks", len(sent))
	}
}

// TestPictures takes the pictures of the README: the page at once, after a second,
// and whole. Chromium shows what has been sent by then.
func TestPictures(t *testing.T) {
	if !*update {
		t.Skip("make screenshots takes them")
	}
	sent := arrival(t)
	for i, name := range []string{"shell", "weather", "whole"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(sent[i])
		}))
		file, err := filepath.Abs("../../docs/pictures/arrives-" + name + ".png")
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "chromium", "--headless", "--no-sandbox", "--hide-scrollbars",
			"--force-prefers-reduced-motion", "--force-device-scale-factor=1.5", "--window-size=380,370",
			"--user-data-dir="+t.TempDir(), "--screenshot="+file, server.URL).CombinedOutput()
		server.Close()
		if err != nil {
			t.Fatalf("%s%v", out, err)
		}
	}
}

// arrival returns the page as far as it had been sent after each flush.
func arrival(t *testing.T) (sent [][]byte) {
	synctest.Test(t, func(t *testing.T) {
		w := &recorder{ResponseRecorder: httptest.NewRecorder(), at: time.Now()}
		routes().ServeHTTP(w, httptest.NewRequest("GET", "/cities/oslo", nil))
		w.Flush()
		sent = w.sent
	})
	return sent
}

// A recorder keeps what has been sent until the time moves on.
type recorder struct {
	*httptest.ResponseRecorder
	at   time.Time // of the last flush
	sent [][]byte
}

func (r *recorder) Flush() {
	body := bytes.Clone(r.Body.Bytes())
	if len(r.sent) > 0 && r.at.Equal(time.Now()) {
		r.sent[len(r.sent)-1] = body
		return
	}
	r.at, r.sent = time.Now(), append(r.sent, body)
}
