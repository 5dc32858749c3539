package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func TestServerTiming(t *testing.T) {
	named := func(name string, d time.Duration) templ.Component {
		return at(stream.Boundary{Name: name, Load: after(d, html("1"))})
	}
	late := at(stream.Boundary{Name: "late", Timeout: 200 * ms, Load: stubborn(time.Hour, html("lost"))})
	for _, tt := range []struct {
		name    string
		mode    stream.Mode
		page    templ.Component
		header  string
		trailer string // "": none is announced
	}{
		{"a page without boundaries", stream.OutOfOrder, page(html("1")), `shell;dur=0`, ""},
		{"what comes later is in the trailer", stream.OutOfOrder, page(named("fast", 0), named("slow", 100*ms)),
			`fast;dur=0;desc="1", shell;dur=0`, `slow;dur=100;desc="2", total;dur=100`},
		{"all is known of a page that is sent whole", stream.Complete, page(named("a", 50*ms), named("b", 100*ms)),
			`a;dur=50;desc="1", b;dur=100;desc="2", shell;dur=100`, ""},
		{"and of one with all in place", stream.OutOfOrder, page(named("a", 0)), `a;dur=0;desc="1", shell;dur=0`, ""},
		{"in order", stream.InOrder, page(named("a", 50*ms), named("b", 100*ms)),
			`shell;dur=0`, `a;dur=50;desc="1", b;dur=100;desc="2", total;dur=100`},
		{"failures and loads that outlive their time", stream.OutOfOrder, page(slot(failing(100*ms, errBoom)), late),
			`shell;dur=0`, `1;dur=100;desc="1 failed", late;dur=200;desc="2 failed", total;dur=200`},
		{"names are tokens", stream.OutOfOrder, page(named("prices, \"all\";\r\nSet-Cookie: ü", 100*ms)),
			`shell;dur=0`, `prices___all____Set-Cookie___;dur=100;desc="1", total;dur=100`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rd := stream.Renderer{ServerTiming: true, Mode: always(tt.mode)}
			overPipes(t, rd.Handler(pageOf(tt.page)), func(t *testing.T, p *pipeline) {
				res, err := p.get(t, t.Context())
				if err != nil {
					t.Fatalf("Get() = %v", err)
				}
				defer func() { _ = res.Body.Close() }()
				if got := millis(res.Header.Values("Server-Timing")); got != tt.header {
					t.Errorf("header = %s, want %s", got, tt.header)
				}
				if _, got := res.Trailer["Server-Timing"]; got != (tt.trailer != "") {
					t.Errorf("a trailer is announced: %t, want %t", got, tt.trailer != "")
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil {
					t.Errorf("body: %v", err)
				}
				if got := millis(res.Trailer.Values("Server-Timing")); got != tt.trailer {
					t.Errorf("trailer = %s, want %s", got, tt.trailer)
				}
				time.Sleep(2 * time.Hour) // until the load that was left behind has ended
			})
		})
	}
}

// millis rounds the times, which testing/synctest makes exact but for the
// nanoseconds of yields.
func millis(values []string) string {
	return regexp.MustCompile(`(dur=\d+)\.\d+`).ReplaceAllString(strings.Join(values, " | "), "$1")
}

func TestServerTimingWhereNoTrailerWorks(t *testing.T) {
	slow := page(slot(after(ms)))
	for _, tt := range []struct {
		name         string
		page         stream.Page
		proto        int
		method       string
		timing       bool
		header, with bool
	}{
		{"HTTP/1.1", pageOf(slow), 1, "GET", true, true, true},
		{"HTTP/1.0", pageOf(slow), 0, "GET", true, true, false},
		{"HEAD", pageOf(slow), 1, "HEAD", true, true, false},
		{"a Content-Length", func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			w.Header().Set("Content-Length", "1000")
			return slow, nil
		}, 1, "GET", true, true, false},
		{"a status that the page has set", writing(404), 1, "GET", true, true, false},
		{"it is off", pageOf(slow), 1, "GET", false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := httptest.NewRequest(tt.method, "/", nil)
				r.ProtoMinor = tt.proto
				rec := httptest.NewRecorder()
				rd := stream.Renderer{ServerTiming: tt.timing}
				rd.Handler(tt.page).ServeHTTP(rec, r)
				h := rec.Result().Header
				if got := h.Get("Server-Timing") != ""; got != tt.header {
					t.Errorf("a header: %t, want %t", got, tt.header)
				}
				if got := h.Get("Trailer") != ""; got != tt.with {
					t.Errorf("a trailer is announced: %t, want %t", got, tt.with)
				}
			})
		})
	}
}

func TestServerTimingIsBounded(t *testing.T) {
	var many []templ.Component
	for i := range 1000 {
		many = append(many, at(stream.Boundary{Name: fmt.Sprintf("boundary-%d-%s", i, strings.Repeat("x", 100)), Load: after(0)}))
	}
	rec := httptest.NewRecorder()
	rd := stream.Renderer{ServerTiming: true, Mode: always(stream.Complete)}
	if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), templ.Join(many...)); err != nil {
		t.Fatal(err)
	}
	if got := rec.Header().Get("Server-Timing"); len(got) > 2<<10 || len(got) < 1<<10 || !strings.Contains(got, ", shell;dur=") {
		t.Errorf("the header has %d bytes and ends in %q", len(got), got[max(0, len(got)-40):])
	}
}

func TestServerTimingLeavesFailuresAsTheyAre(t *testing.T) {
	logs := captureLog(t)
	var told error
	rd := stream.Renderer{ServerTiming: true, Mode: always(stream.Complete)}
	fails := page(slot(failing(0, errBoom)))
	_ = rd.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), fails)
	if !strings.Contains(logs.String(), "boundary failed") {
		t.Errorf("log = %q, want the failure", logs.String())
	}
	rd.Trace = stream.JoinTraces(&quiet, &stream.Trace{Done: func(_ context.Context, err error) { told = err }})
	logs.Reset()
	_ = rd.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), fails)
	if logs.String() != "" || errors.Is(told, errBoom) {
		t.Errorf("log = %q, want none, since the Trace is told", logs.String())
	}
}
