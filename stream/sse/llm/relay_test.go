package llm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// toModel is a Relay.Request.
func toModel(ctx context.Context, r *http.Request) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, "POST", "http://model/", r.Body)
}

// askRelay asks a relay whose server answers so.
func askRelay(t *testing.T, rl llm.Relay, a answer) *httptest.ResponseRecorder {
	t.Helper()
	s := newSite(a)
	rl.HTTP = s.Client()
	if rl.Request == nil {
		rl.Request = toModel
	}
	w := httptest.NewRecorder()
	rl.ServeHTTP(w, httptest.NewRequest("POST", "/ask", strings.NewReader("question")))
	if s.Open != 0 {
		t.Errorf("%d bodies were not closed", s.Open)
	}
	return w
}

// naively reads what a relay has sent as pages do by hand.
func naively(t *testing.T, sent string) (objects []string, finished bool) {
	t.Helper()
	for _, line := range strings.Split(sent, "\n") {
		if line == "" {
			continue
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			t.Errorf("the line %q has no data", line)
		}
		if data == "[DONE]" {
			finished = true
			continue
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(data), &object); err != nil {
			t.Errorf("the line %q: %v", line, err)
		}
		objects = append(objects, data)
	}
	return objects, finished
}

// errorOf returns the code and the message of an error object.
func errorOf(t *testing.T, object string) (code, message string) {
	t.Helper()
	var e struct {
		Error struct{ Code, Message, Type string }
	}
	if err := json.Unmarshal([]byte(object), &e); err != nil || e.Error.Type == "" {
		t.Errorf("%q is no error object: %v", object, err)
	}
	return e.Error.Code, e.Error.Message
}

func TestRelay(t *testing.T) {
	inBubble(t, "sends the chunks and [DONE], nothing else", func(t *testing.T) {
		w := askRelay(t, llm.Relay{}, events(": PROCESSING\n\n", "retry: 1\nid: 7\nevent: chunk\n"+firstChunk, time.Minute, helloChunk, "data: {\ndata:  \"choices\": []}\n\ndata:\n\ndata: null\n\n", finishChunk+usageChunk+doneEvent, time.Hour))
		want := firstChunk + helloChunk + "data: {\"choices\":[]}\n\n" + finishChunk + usageChunk + doneEvent
		if got := w.Body.String(); got != want {
			t.Errorf("sent\n%s\nwant\n%s", got, want)
		}
		if objects, finished := naively(t, w.Body.String()); len(objects) != 5 || !finished {
			t.Errorf("a naive page reads %q, finished %t", objects, finished)
		}
		if kind := w.Header().Get("Content-Type"); w.Code != 200 || kind != "text/event-stream" {
			t.Errorf("status %d, type %q", w.Code, kind)
		}
	})
	inBubble(t, "ends with [DONE] where the server does not but has finished", func(t *testing.T) {
		w := askRelay(t, llm.Relay{}, events(helloChunk+finishChunk))
		if got, want := w.Body.String(), helloChunk+finishChunk+doneEvent; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
	inBubble(t, "passes nothing on by itself", func(t *testing.T) {
		testkit.WatchLog(t)
		var got *http.Request
		s := newSite(func(r *http.Request) (*http.Response, error) {
			got = r
			return status(500, "Set-Cookie", "upstream=1", "X-Request-Id", "2", "Retry-After", "3")(r)
		})
		rl := llm.Relay{HTTP: s.Client(), Request: func(_ context.Context, r *http.Request) (*http.Request, error) {
			req, err := http.NewRequest("POST", "http://model/", r.Body) // with no context
			if r.Header.Get("X-All") != "" {
				req.Header = r.Header
			}
			return req, err
		}}
		ask := func(all string) (http.Header, http.Header) {
			r := httptest.NewRequest("POST", "/", strings.NewReader("question"))
			for name, value := range map[string]string{"Cookie": "session=1", "Authorization": "Bearer 1", "X-All": all, "Accept-Encoding": "br"} {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			rl.ServeHTTP(w, r)
			if r.Header.Get("Cookie") == "" {
				t.Error("the browser's request was changed")
			}
			return got.Header, w.Header()
		}
		up, down := ask("")
		if want := (http.Header{"Accept-Encoding": {"identity"}}); !reflect.DeepEqual(up, want) {
			t.Errorf("sent up %v, want %v", up, want)
		}
		if want := (http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}, "Retry-After": {"3"}, "X-Content-Type-Options": {"nosniff"}}); !reflect.DeepEqual(down, want) {
			t.Errorf("sent down %v, want %v", down, want)
		}
		if up, _ := ask("yes"); up.Get("Cookie") != "" || up.Get("Authorization") == "" {
			t.Errorf("sent up %v, want all but the cookie", up)
		}
		if got := s.Visits[0].Body; got != "question" {
			t.Errorf("sent up %q, want the question", got)
		}
	})
	inBubble(t, "asks nobody for a HEAD", func(t *testing.T) {
		s := newSite(events(doneEvent))
		w := httptest.NewRecorder()
		(&llm.Relay{HTTP: s.Client(), Request: toModel}).ServeHTTP(w, httptest.NewRequest("HEAD", "/", nil))
		if w.Code != 200 || len(s.Visits) != 0 {
			t.Errorf("status %d after %d questions, want 200 without one", w.Code, len(s.Visits))
		}
	})
	t.Run("panics without Request", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		new(llm.Relay).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil))
	})
	inBubble(t, "sends heartbeats when told to, from the server's headers on", func(t *testing.T) {
		w := askRelay(t, llm.Relay{Heartbeat: 10 * time.Second}, events(25*time.Second, helloChunk+doneEvent))
		if got := w.Body.String(); strings.Count(got, ":\n") < 2 || !strings.HasSuffix(got, helloChunk+doneEvent) {
			t.Errorf("sent %q, want heartbeats and then the answer", got)
		}
	})
}

func TestRelayWithoutABrowser(t *testing.T) {
	relayed := func(r *http.Request, w http.ResponseWriter, rl llm.Relay, a answer) (thrown any) {
		s := newSite(a)
		rl.HTTP, rl.Request = s.Client(), toModel
		defer func() {
			thrown = recover()
			if s.Open != 0 {
				t.Errorf("%d bodies were not closed", s.Open)
			}
		}()
		rl.ServeHTTP(w, r)
		return nil
	}
	t.Run("says nothing when it has left", func(t *testing.T) {
		log := testkit.WatchLog(t)
		synctest.Test(t, func(t *testing.T) {
			for _, first := range []string{"", helloChunk} {
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				time.AfterFunc(time.Minute, leave)
				w := httptest.NewRecorder()
				start := time.Now()
				thrown := relayed(httptest.NewRequestWithContext(ctx, "POST", "/", nil), w, llm.Relay{}, events(first, time.Hour))
				if took := time.Since(start); took != time.Minute || thrown != http.ErrAbortHandler || w.Body.String() != first {
					t.Errorf("sent %q and ended with %v after %v, want %q, %v and a minute", w.Body, thrown, took, first, http.ErrAbortHandler)
				}
			}
		})
		if said := log.String(); said != "" {
			t.Errorf("logged %q, want nothing", said)
		}
	})
	inBubble(t, "ends when a heartbeat cannot be sent, without a proper end", func(t *testing.T) {
		w := &deaf{ResponseRecorder: httptest.NewRecorder(), deafAfter: time.Now().Add(15 * time.Second)}
		start := time.Now()
		thrown := relayed(httptest.NewRequest("POST", "/", nil), w, llm.Relay{Heartbeat: 10 * time.Second}, events(time.Hour))
		if took := time.Since(start); took != 20*time.Second || thrown != http.ErrAbortHandler {
			t.Errorf("ended with %v after %v, want %v after 20s", thrown, took, http.ErrAbortHandler)
		}
	})
}

// deaf is a browser that cannot be written to after a time.
type deaf struct {
	*httptest.ResponseRecorder
	deafAfter time.Time
}

func (d *deaf) Write(p []byte) (int, error) {
	if time.Now().After(d.deafAfter) {
		return 0, io.ErrClosedPipe
	}
	return d.ResponseRecorder.Write(p)
}

const secret = "sk-secret"

func TestRelayFailsWithAStatus(t *testing.T) {
	keyed := errors.New("the key is " + secret)
	for _, tt := range []struct {
		name   string
		relay  llm.Relay
		server answer
		status int
		code   string
		logged string
	}{
		{"when the server cannot be reached", llm.Relay{}, refuse(errors.New("no route")), 502, "upstream_error", "no route"},
		{"when the server refuses", llm.Relay{}, answered(401, `{"error":{"message":"bad key sk-secret","code":"invalid_api_key"}}`), 502, "upstream_error", "invalid_api_key"},
		{"when the server is away", llm.Relay{}, answered(503, "<html>sk-secret"), 503, "upstream_error", "status 503"},
		{"when the server has had enough", llm.Relay{}, answered(429, ""), 429, "rate_limit_exceeded", "status 429"},
		{"when the server redirects", llm.Relay{}, status(302, "Location", "http://elsewhere/"), 502, "upstream_error", "status 302"},
		{"when the server does not stream", llm.Relay{}, answered(200, `{"choices":[{"message":{"content":"sk-secret"}}]}`), 502, "upstream_error", "whole answer"},
		{"when the first chunk is an error", llm.Relay{}, events(": hi\n\n" + `data: {"error":{"message":"sk-secret","code":500}}` + "\n\n"), 502, "upstream_error", "api error"},
		{"when the first chunk is none", llm.Relay{}, events("data: sk-secret\n\n"), 502, "upstream_error", "event that cannot be read"},
		{"when there is no answer", llm.Relay{}, events(": hi\n\n"), 502, "upstream_truncated", "truncated"},
		{"when the server is silent", llm.Relay{Idle: time.Minute}, events(time.Hour), 504, "upstream_error", "idle"},
		{"when the server is silent from the start", llm.Relay{Idle: time.Minute}, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, 504, "upstream_error", "idle"},
		{"when the question cannot be made", llm.Relay{Request: func(context.Context, *http.Request) (*http.Request, error) { return nil, keyed }}, nil, 500, "internal_error", secret},
		{"when the question is refused", llm.Relay{Request: func(context.Context, *http.Request) (*http.Request, error) {
			return nil, &llm.RefusedError{StatusCode: 403, Message: "log in first"}
		}}, nil, 403, "refused", ""},
		{"when the question is too long", llm.Relay{MaxBody: 7}, nil, 413, "refused", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := testkit.WatchLog(t)
			synctest.Test(t, func(t *testing.T) {
				w := askRelay(t, tt.relay, tt.server)
				code, message := errorOf(t, w.Body.String())
				if w.Code != tt.status || code != tt.code || strings.Contains(w.Body.String(), secret) {
					t.Errorf("answered %d %s, want %d %s", w.Code, w.Body, tt.status, tt.code)
				}
				said := log.String()
				if tt.logged == "" && said == "" {
					return
				}
				_, digest, _ := strings.Cut(strings.TrimSuffix(message, ")"), "(")
				if !strings.Contains(said, tt.logged) || len(digest) != 8 || !strings.Contains(said, "digest="+digest) {
					t.Errorf("told %q and logged %q, want a digest in both and %q in the log", message, said, tt.logged)
				}
			})
		})
	}
	t.Run("when the question breaks off", func(t *testing.T) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/", iotest.ErrReader(io.ErrUnexpectedEOF))
		(&llm.Relay{Request: toModel}).ServeHTTP(w, r)
		if code, _ := errorOf(t, w.Body.String()); w.Code != 400 || code != "refused" {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	})
}

func TestRelayFailsWithAnEvent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		rest   []any
		code   string
		logged string
	}{
		{"when the server says so", []any{`data: {"error":{"message":"sk-secret","code":"overloaded"}}` + "\n\n" + doneEvent}, "upstream_error", "overloaded"},
		{"when the server says so by name", []any{"event: error\ndata: {\"message\":\"sk-secret\"}\n\n" + doneEvent}, "upstream_error", "api error"},
		{"when the server ends early", []any{helloChunk + "data: {\"choices\""}, "upstream_truncated", "truncated"},
		{"when one of two choices does not end", []any{finishChunk + `data: {"choices":[{"index":1,"delta":{"content":"B"}}]}` + "\n\n"}, "upstream_truncated", "truncated"},
		{"when a chunk is none", []any{"data: sk-secret\n\n"}, "upstream_error", "event that cannot be read"},
		{"when the server falls silent", []any{time.Hour}, "upstream_error", "idle"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := testkit.WatchLog(t)
			synctest.Test(t, func(t *testing.T) {
				w := askRelay(t, llm.Relay{Idle: time.Minute}, events(append([]any{helloChunk}, tt.rest...)...))
				objects, finished := naively(t, w.Body.String())
				code, message := errorOf(t, objects[len(objects)-1])
				if w.Code != 200 || finished || code != tt.code || strings.Contains(w.Body.String(), secret) {
					t.Errorf("sent %d %s, want %s last", w.Code, w.Body, tt.code)
				}
				_, digest, _ := strings.Cut(strings.TrimSuffix(message, ")"), "(")
				if said := log.String(); !strings.Contains(said, tt.logged) || len(digest) != 8 || !strings.Contains(said, "digest="+digest) {
					t.Errorf("told %q and logged %q, want a digest in both and %q in the log", message, said, tt.logged)
				}
			})
		})
	}
}

// answered is a response that is no stream.
func answered(code int, body string) answer {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}, "X-Key": {secret}},
			Body: io.NopCloser(bytes.NewBufferString(body)), Request: r}, nil
	}
}
