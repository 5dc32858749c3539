package sse_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/internal/site"
)

func TestClient(t *testing.T) {
	inBubble(t, "reconnects with the last id, until it is told to stop", func(t *testing.T) {
		s := newSite(
			events("id: 1\ndata: a\n\n", "data: b\n\nid: 9\ndata: cut"),
			events(": nothing\n\n"),
			events("id: 2\n\n", "id\ndata: c\n\nid: 3\n\n"),
			events("data: d\n\n"),
			status(204),
		)
		got, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client()}, never)
		want := []sse.Event{{ID: "1", Data: "a"}, {ID: "1", Data: "b"}, {Data: "c"}, {ID: "3", Data: "d"}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
		var ids []string
		for _, v := range s.Visits {
			ids = append(ids, v.LastID)
		}
		if want := []string{"", "1", "1", "3", "3"}; !slices.Equal(ids, want) {
			t.Errorf("Last-Event-ID %q, want %q", ids, want)
		}
		if s.Open != 0 {
			t.Errorf("%d bodies were not closed", s.Open)
		}
	})
	inBubble(t, "begins after a given id", func(t *testing.T) {
		s := newSite(events("data: a\n\n"), status(204))
		got, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client(), LastEventID: "7"}, never)
		if err != nil || len(got) != 1 || got[0].ID != "7" || s.Visits[0].LastID != "7" {
			t.Errorf("got %+v, %v, first asked after %q, want 7", got, err, s.Visits[0].LastID)
		}
	})
	inBubble(t, "sends the headers of EventSource, and its own", func(t *testing.T) {
		var mu sync.Mutex
		var got http.Header
		var path string
		s := newSite(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			got, path = r.Header, r.URL.Path
			return status(204)(r)
		})
		c := &sse.Client{URL: "http://site/x", HTTP: s.Client(),
			Header:  http.Header{"authorization": append(make([]string, 0, 2), "Bearer a"), "Cache-Control": {"max-age=0"}},
			Prepare: func(r *http.Request) error { r.Header.Add("Authorization", "Bearer b"); return nil },
		}
		var together sync.WaitGroup
		for range 2 { // the race detector sees them share a header
			together.Go(func() {
				if _, err := all(t.Context(), c, never); err != nil {
					t.Error(err)
				}
			})
		}
		together.Wait()
		want := http.Header{"Accept": {"text/event-stream"}, "Cache-Control": {"max-age=0"}, "Authorization": {"Bearer a", "Bearer b"}}
		if path != "/x" || !reflect.DeepEqual(got, want) {
			t.Errorf("sent %v to %s, want %v", got, path, want)
		}
	})
	for _, kind := range []string{"text/event-stream", "Text/Event-Stream;charset=utf-8", "text/event-stream ;"} {
		inBubble(t, "takes the content type "+kind, func(t *testing.T) {
			s := newSite(typed(kind, "data: a\n\n"), status(204))
			if got, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client()}, never); err != nil || len(got) != 1 {
				t.Errorf("got %+v, %v, want an event", got, err)
			}
		})
	}
	for _, tt := range []struct {
		name string
		answer
		status int
	}{
		{"another type", typed("text/event-streams", "data: a\n\n"), 200},
		{"no type", typed("", "data: a\n\n"), 200},
		{"another success", status(202, "Content-Type", "text/event-stream"), 202},
		{"no permission", status(401, "WWW-Authenticate", "Bearer"), 401},
		{"a redirect to nowhere", status(304), 304},
	} {
		inBubble(t, "ends with "+tt.name, func(t *testing.T) {
			s := newSite(tt.answer)
			_, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client()}, never)
			var refused *sse.ResponseError
			if !errors.As(err, &refused) || refused.StatusCode != tt.status || len(s.Visits) != 1 || s.Open != 0 {
				t.Errorf("error = %v after %d visits, %d bodies open, want status %d", err, len(s.Visits), s.Open, tt.status)
			}
		})
	}
	inBubble(t, "ends with its context, wherever it is", func(t *testing.T) {
		hang := func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		for name, a := range map[string]answer{
			"connecting": hang,
			"reading":    events("data: a\n\n", time.Hour),
			"waiting":    status(503, "Retry-After", "3600"),
		} {
			s := newSite(a)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			start := time.Now()
			_, err := all(ctx, &sse.Client{URL: "http://site/", HTTP: s.Client(), OnError: quiet}, never)
			if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Minute || s.Open != 0 {
				t.Errorf("%s: %v after %v, %d bodies open", name, err, took, s.Open)
			}
			cancel()
			if _, err := all(ctx, &sse.Client{URL: "http://site/", HTTP: s.Client()}, never); err == nil || len(s.Visits) != 1 {
				t.Errorf("%s: %v after %d visits with a context that has ended", name, err, len(s.Visits))
			}
			synctest.Wait()
		}
	})
	inBubble(t, "lets the connection go when the loop is left", func(t *testing.T) {
		s := newSite(events("data: a\n\n", time.Hour))
		if got, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client()}, 1); len(got) != 1 || err != nil || s.Open != 0 {
			t.Errorf("got %+v, %v, %d bodies open", got, err, s.Open)
		}
	})
	inBubble(t, "does not ask again what cannot be asked", func(t *testing.T) {
		s := newSite(events("id: \x01\ndata: a\n\n"))
		if _, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client()}, never); err == nil || len(s.Visits) != 1 {
			t.Errorf("error = %v after %d visits, want one for an id that no header holds", err, len(s.Visits))
		}
		if _, err := all(t.Context(), &sse.Client{URL: "%"}, never); err == nil {
			t.Error("a URL that is none: no error")
		}
		noToken := errors.New("no token")
		c := &sse.Client{URL: "http://site/", HTTP: s.Client(), Prepare: func(*http.Request) error { return noToken }}
		if _, err := all(t.Context(), c, never); !errors.Is(err, noToken) {
			t.Errorf("error = %v, want %v", err, noToken)
		}
		c = &sse.Client{URL: "http://site/", HTTP: newSite(events("data: abc\n\n")).Client(), MaxEventSize: 2}
		if _, err := all(t.Context(), c, never); !errors.Is(err, sse.ErrEventTooLarge) {
			t.Errorf("error = %v, want %v", err, sse.ErrEventTooLarge)
		}
	})
}

// Connections that are cut at any byte lose no event and repeat none.
func TestClientLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const events, most = 300, 120 // bytes before a cut: those of some events
		var log []sse.Event
		for i := range events {
			log = append(log, sse.Event{ID: strconv.Itoa(i + 1), Name: "n", Data: strings.Repeat("d\n", i%4)})
		}
		cuts := 0
		s := newSite(func(r *http.Request) (*http.Response, error) {
			after, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
			if after == events {
				return status(204)(r)
			}
			var wire []byte
			for _, e := range log[after:] {
				wire, _ = e.AppendTo(wire)
			}
			if cut := 1 + rand.IntN(most); cut < len(wire) {
				wire = wire[:cut]
				cuts++
			}
			return eventsOf(r, io.MultiReader(bytes.NewReader(wire), iotest.ErrReader(io.ErrUnexpectedEOF)))
		})
		c := &sse.Client{URL: "http://site/", HTTP: s.Client(), Wait: time.Millisecond, OnError: quiet}
		if got, err := all(t.Context(), c, never); err != nil || !reflect.DeepEqual(got, log) {
			t.Errorf("got %d events, %v, want %d in their order", len(got), err, len(log))
		}
		if cuts < 100 || s.Open != 0 {
			t.Errorf("%d cuts, %d bodies open, want a hundred cuts at least", cuts, s.Open)
		}
	})
}

func TestClientPOST(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name  string
		first answer
		want  error
	}{
		{"ends when the answer does", events("data: a\n\n"), nil},
		{"ends with the network's error", refuse(broken), broken},
		{"ends with a status that a GET would outlast", status(503), &sse.ResponseError{}},
	} {
		inBubble(t, tt.name, func(t *testing.T) {
			s := newSite(tt.first)
			_, err := all(t.Context(), &sse.Client{URL: "http://site/", Body: []byte("q"), HTTP: s.Client()}, never)
			var refused *sse.ResponseError
			if !errors.Is(err, tt.want) && !errors.As(err, &refused) || (err == nil) != (tt.want == nil) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
			if want := []site.Visit{{Method: "POST", Body: "q"}}; !reflect.DeepEqual(s.Visits, want) {
				t.Errorf("visits %+v, want %+v", s.Visits, want)
			}
		})
	}
	inBubble(t, "is sent again when told to, body and all", func(t *testing.T) {
		s := newSite(events("id: 1\ndata: a\n\n"), refuse(broken), events("data: b\n\n"), status(204))
		c := &sse.Client{URL: "http://site/", Method: "PUT", Body: []byte("q"), RepeatPOST: true, HTTP: s.Client(), OnError: quiet}
		got, err := all(t.Context(), c, never)
		if err != nil || len(got) != 2 || len(s.Visits) != 4 {
			t.Errorf("got %+v, %v after %d visits", got, err, len(s.Visits))
		}
		for _, v := range s.Visits {
			if v.Method != "PUT" || v.Body != "q" {
				t.Errorf("visit %+v, want PUT of q", v)
			}
		}
	})
}

func TestClientWaits(t *testing.T) {
	away := refuse(errors.New("away"))
	for _, tt := range []struct {
		name    string
		client  sse.Client
		answers []answer
		want    []time.Duration // at least; at most half as much again
	}{
		{"longer each time, up to a minute", sse.Client{}, slices.Repeat([]answer{away}, 9),
			seconds(1, 2, 4, 8, 16, 32, 60, 60, 60)},
		{"as it is told", sse.Client{Wait: 3 * time.Second, MaxWait: 10 * time.Second}, slices.Repeat([]answer{away}, 4),
			seconds(3, 6, 10, 10)},
		{"from the start after an event", sse.Client{}, []answer{away, away, away, events("data: a\n\n"), away, events(": hi\n\n")},
			seconds(1, 2, 4, 1, 2, 4)},
		{"as long as the server asks", sse.Client{}, []answer{events("retry: 100000\n"), away, events("retry: 2000\ndata: a\n\n"), away, away},
			seconds(100, 100, 2, 4, 8)},
		{"a little if the server asks for nothing, and longer while connections are short", sse.Client{},
			[]answer{events("retry: 0\ndata: a\n\n"), events("data: a\n\n"), away, away, away, away},
			millis(100, 200, 400, 800, 1000, 1600)},
		{"as long as Retry-After says", sse.Client{}, []answer{status(503, "Retry-After", "120"), status(429, "Retry-After", "1"), status(408), status(425), status(500), status(502, "Retry-After", "soon")},
			seconds(120, 2, 4, 8, 16, 32)},
	} {
		inBubble(t, tt.name, func(t *testing.T) {
			s := newSite(append(tt.answers, status(204))...)
			c := tt.client
			c.URL, c.HTTP = "http://site/", s.Client()
			var told []time.Duration
			c.OnError = func(_ error, wait time.Duration) { told = append(told, wait) }
			if _, err := all(t.Context(), &c, never); err != nil {
				t.Error(err)
			}
			got := s.Waits()
			if len(got) != len(tt.want) || !slices.Equal(got, told) {
				t.Fatalf("waited %v, told %v, want about %v", got, told, tt.want)
			}
			for i, least := range tt.want {
				if got[i] < least || got[i] > least*3/2 {
					t.Errorf("wait %d: %v, want %v and up to half as much again", i, got[i], least)
				}
			}
		})
	}
	for _, tt := range []struct {
		name   string
		answer answer
		client sse.Client
	}{
		{"a century if the server asks for more than there is", events("retry: 99999999999999999999\n"), sse.Client{}},
		{"a century if the caller asks for all there is", refuse(errors.New("away")), sse.Client{Wait: math.MaxInt64, MaxWait: math.MaxInt64}},
	} {
		inBubble(t, tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			c := tt.client
			c.URL, c.HTTP = "http://site/", newSite(tt.answer).Client()
			c.OnError = func(_ error, wait time.Duration) {
				cancel()
				if wait < 100*365*24*time.Hour {
					t.Errorf("waits %v, want more than a century", wait)
				}
			}
			_, _ = all(ctx, &c, never)
		})
	}
	inBubble(t, "until the date of Retry-After", func(t *testing.T) {
		s := newSite(status(503, "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), status(204))
		if _, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client(), OnError: quiet}, never); err != nil {
			t.Error(err)
		}
		if got := s.Waits(); got[0] != time.Hour {
			t.Errorf("waited %v, want an hour", got)
		}
	})
	inBubble(t, "a little again after a connection that has lasted", func(t *testing.T) {
		short, long := events("retry: 0\ndata: a\n\n"), events("data: a\n\n", time.Second)
		s := newSite(short, short, short, short, long, short, status(204))
		var told []time.Duration
		c := &sse.Client{URL: "http://site/", HTTP: s.Client(), OnError: func(_ error, wait time.Duration) { told = append(told, wait) }}
		if _, err := all(t.Context(), c, never); err != nil {
			t.Error(err)
		}
		for i, least := range millis(100, 200, 400, 800, 100, 200) {
			if told[i] < least || told[i] > least*3/2 {
				t.Errorf("wait %d: %v, want %v and up to half as much again", i, told[i], least)
			}
		}
	})
	inBubble(t, "not as long as others", func(t *testing.T) {
		waits := make(map[time.Duration]bool)
		for range 20 {
			s := newSite(away, status(204))
			if _, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client(), OnError: quiet}, never); err != nil {
				t.Error(err)
			}
			waits[s.Waits()[0]] = true
		}
		if len(waits) < 15 {
			t.Errorf("20 clients waited %d different times", len(waits))
		}
	})
}

func millis(ms ...int) (d []time.Duration) {
	for _, ms := range ms {
		d = append(d, time.Duration(ms)*time.Millisecond)
	}
	return d
}

func seconds(s ...int) (d []time.Duration) {
	for _, s := range s {
		d = append(d, time.Duration(s)*time.Second)
	}
	return d
}

func TestClientIdle(t *testing.T) {
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	inBubble(t, "connections are given up, heartbeats keep them", func(t *testing.T) {
		s := newSite(hang, events(":\n", 9*time.Second, ":\n", 9*time.Second, "data: a\n\n", 9*time.Second, ":\n", time.Hour), status(204))
		var told []string
		c := &sse.Client{URL: "http://site/", HTTP: s.Client(), Idle: 10 * time.Second,
			OnError: func(err error, _ time.Duration) {
				told = append(told, fmt.Sprint(time.Since(s.Start).Round(5*time.Second), err))
			}}
		got, err := all(t.Context(), c, never)
		if err != nil || len(got) != 1 || s.Open != 0 {
			t.Errorf("got %+v, %v, %d bodies open", got, err, s.Open)
		}
		want := []string{"10s " + sse.ErrIdle.Error(), "50s " + sse.ErrIdle.Error()}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
	inBubble(t, "is the server's silence, not the reader's", func(t *testing.T) {
		s := newSite(events("data: a\n\n", "data: b\n\n"), status(204))
		c := &sse.Client{URL: "http://site/", HTTP: s.Client(), Idle: time.Second,
			OnError: func(err error, _ time.Duration) {
				if err != io.EOF {
					t.Errorf("lost the connection: %v", err)
				}
			}}
		for _, err := range c.Events(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestClientTellsTheLog(t *testing.T) {
	log := testkit.WatchLog(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSite(refuse(errors.New("away")), events("data: a\n\n"), status(204))
		if _, err := all(t.Context(), &sse.Client{URL: "http://site/?token=secret", HTTP: s.Client()}, never); err != nil {
			t.Error(err)
		}
	})
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "away") || strings.Contains(got, "secret") {
		t.Errorf("logged %q, want one line that the server was away, without the URL", got)
	}
}
