package clienttest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/clienttest"
	"github.com/rivulet-go/rivulet/internal/e2e/lossy"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// serve serves a handler until the test ends.
func serve(t *testing.T, h http.Handler) (url string) {
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// await waits for what a handler tells.
func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(clienttest.Patience):
		t.Fatalf("waited in vain for %v", clienttest.Patience)
		panic("unreachable")
	}
}

var shapes = []sse.Event{
	{ID: "1", Data: "plain"},
	{ID: "2", Name: "price", Data: "with a name"},
	{ID: "3", Data: "two\nlines"},
	{ID: "4", Data: "one\rof\r\neach\nkind"},
	{ID: "5", Data: "an empty line at the end\n"},
	{ID: "6", Data: "data: like a field\n\n: like a comment\nid: like an id"},
	{ID: "7", Data: "  spaces before\n\tand a tab"},
	{ID: "8", Name: "żółw", Data: "żółw 龜 🐢 e\u0301 \u2028 \uFEFF \x00"},
	{ID: "9", Data: `{"json": [1, 2, {"three": null}]}`},
	{ID: "k3f9-10", Name: "note", Data: "an id of some length"},
	{ID: "11", Name: "note"},
	{ID: "12", Name: lossy.End, Data: "done"},
}

func TestEventsArriveAsTheyWereSent(t *testing.T) {
	want := make([]lossy.Received, len(shapes))
	for i, e := range shapes {
		want[i] = lossy.Received{Name: e.Name, ID: e.ID, Data: e.Data}
		if e.Name == "" {
			want[i].Name = "message"
		}
		if i == 3 {
			want[i].Data = "one\nof\neach\nkind"
		}
	}
	each(t, func(t *testing.T, l library) {
		url := serve(t, sse.Handler(func(ctx context.Context, s *sse.Stream) error {
			for _, e := range shapes {
				if err := errors.Join(s.Comment("before "+e.ID), s.Send(e), s.Comment("after\nit")); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return nil
		}))
		c := clienttest.Run(t, l.script, clienttest.Options{URL: url, Names: []string{"price", "note", "żółw", lossy.End}})
		c.WaitEvent(lossy.End)
		if got := c.Events(); !slices.Equal(got, want) {
			t.Errorf("received %q, want %q", got, want)
		}
	})
}

func TestTheRetryTimeIsObeyed(t *testing.T) {
	const retry = 20 * time.Millisecond
	const times = 4
	each(t, func(t *testing.T, l library) {
		came := make(chan time.Time)
		url := serve(t, sse.Options{Retry: retry}.Handler(func(ctx context.Context, s *sse.Stream) error {
			// undici obeys when the block ends, which the standard does not ask for.
			if err := s.Send(sse.Event{Data: "anything"}); err != nil {
				return err
			}
			select {
			case came <- time.Now():
			case <-ctx.Done():
			}
			return nil
		}))
		clienttest.Run(t, l.script, clienttest.Options{URL: url, Stay: true})
		first := await(t, came)
		var last time.Time
		for range times {
			last = await(t, came)
		}
		took := last.Sub(first)
		if took < times*retry {
			t.Errorf("came back %d times in %v, want at least %v", times, took, times*retry)
		}
		// Busy machines are slow, but not by as much.
		if most := times * l.retry; took > most {
			t.Errorf("came back %d times in %v, want less than %v, which it takes untold", times, took, most)
		}
	})
}

func TestAPOSTIsAnsweredWithEvents(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		if !l.post {
			t.Skip("it can only GET")
		}
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			s, err := sse.Open(w, r)
			if err != nil {
				t.Errorf("Open() = %v, want nil", err)
				return
			}
			defer s.Close()
			_ = s.Send(sse.Event{ID: "1", Name: lossy.End, Data: r.Method + " " + r.Header.Get("Authorization") + " " + string(body)})
			<-s.Context().Done()
		}))
		c := clienttest.Run(t, l.script, clienttest.Options{
			URL: url, Method: "POST", Headers: map[string]string{"Authorization": "Bearer token"}, Body: "question",
		})
		c.WaitEvent(lossy.End)
		if got, want := c.Events()[0].Data, "POST Bearer token question"; got != want {
			t.Errorf("the handler received %q, want %q", got, want)
		}
	})
}

func TestTheServerSeesAtOnceThatTheClientLeaves(t *testing.T) {
	const most = time.Second
	each(t, func(t *testing.T, l library) {
		left := make(chan time.Time, 1)
		url := serve(t, sse.Handler(func(ctx context.Context, s *sse.Stream) error {
			<-ctx.Done()
			left <- time.Now()
			return nil
		}))
		c := clienttest.Run(t, l.script, clienttest.Options{URL: url})
		c.Wait("open", 1)
		ordered := time.Now()
		c.Order("close")
		if took := await(t, left).Sub(ordered); took > most {
			t.Errorf("the stream's context ended after %v, want less than %v", took, most)
		} else {
			t.Logf("after %v", took)
		}
	})
}

func Test204KeepsTheClientAway(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		asked := make(chan string, 3)
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := sse.LastEventID(r)
			select {
			case asked <- id:
			case <-r.Context().Done():
			}
			if id != "" {
				sse.Stop(w)
				return
			}
			sse.Options{Retry: time.Millisecond}.Handler(func(ctx context.Context, s *sse.Stream) error {
				return s.Send(sse.Event{ID: "last", Data: "goodbye"})
			}).ServeHTTP(w, r)
		}))
		c := clienttest.Run(t, l.script, clienttest.Options{URL: url, Stay: true})
		if id := await(t, asked); id != "" {
			t.Errorf("Last-Event-ID of the first request = %q, want none", id)
		}
		if id := await(t, asked); id != "last" {
			t.Errorf("Last-Event-ID of the second request = %q, want last", id)
		}
		c.Wait("stopped", 1)
		if n := len(asked); n > 0 {
			t.Errorf("%d requests after the 204, want none", n)
		}
	})
}

func TestAShutdownIsNoEvent(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		until, stop := context.WithCancel(context.Background())
		defer stop()
		asked := make(chan string, 2)
		stream := sse.Options{Until: until, Retry: 20 * time.Millisecond}.Handler(func(ctx context.Context, s *sse.Stream) error {
			if err := s.Send(sse.Event{ID: "1", Data: "before"}); err != nil {
				return err
			}
			<-ctx.Done()
			return nil
		})
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := sse.LastEventID(r)
			select {
			case asked <- id:
			case <-r.Context().Done():
			}
			if id != "" {
				sse.Stop(w)
				return
			}
			stream.ServeHTTP(w, r)
		}))
		c := clienttest.Run(t, l.script, clienttest.Options{URL: url, Stay: true})
		await(t, asked)
		c.Wait("event", 1)
		stop()
		if id := await(t, asked); id != "1" {
			t.Errorf("came back with the id %q, want 1", id)
		}
		c.Wait("stopped", 1)
		want := []lossy.Received{{Name: "message", ID: "1", Data: "before"}}
		if got := c.Events(); !slices.Equal(got, want) {
			t.Errorf("received %q, want %q", got, want)
		}
	})
}
