package sse_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

const ms = time.Millisecond

// TestStream compares what streams send, and when, with testdata/Stream.txt.
func TestStream(t *testing.T) {
	errBoom := errors.New("boom")
	broken := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "half of\nit")
		return errBoom
	})
	runStreams(t, []streamTest{
		{name: "the headers come before the first event", do: func(ctx context.Context, s *sse.Stream) error {
			time.Sleep(2 * time.Second)
			return s.Send(sse.Event{Data: "late"})
		}},
		{name: "the parts of an event, its id last", do: func(ctx context.Context, s *sse.Stream) error {
			return s.Send(sse.Event{ID: "k3f9-12", Name: "price", Data: "42", Retry: 1500*ms + 999*time.Microsecond})
		}},
		{name: "every kind of line end in data", do: func(ctx context.Context, s *sse.Stream) error {
			return s.Send(sse.Event{Data: "a\nb\rc\r\nd\n\n e\r"})
		}},
		{name: "an event without anything still has data", do: func(ctx context.Context, s *sse.Stream) error {
			return s.Send(sse.Event{})
		}},
		{name: "events that were encoded before are one write", do: func(ctx context.Context, s *sse.Stream) error {
			one, _ := sse.Event{Data: "one"}.Encode()
			two, _ := sse.Event{Data: "two"}.Encode()
			return s.SendEncoded(one, two)
		}},
		{name: "an event that would be read as another is refused and the stream goes on", do: func(ctx context.Context, s *sse.Stream) error {
			for _, e := range []sse.Event{{ID: "1\nretry: 1"}, {ID: "1\r2"}, {ID: "1\x002"}, {Name: "a\ndata: b"}, {Name: "a\rb"}} {
				note(s, "%v", s.Send(e))
				note(s, "%v", s.SendComponent(ctx, e, templ.Raw("x")))
			}
			return s.Send(sse.Event{Data: "on"})
		}},
		{name: "comments have no blank line", do: func(ctx context.Context, s *sse.Stream) error {
			if err := s.Comment("one\r\ntwo"); err != nil {
				return err
			}
			return s.Comment("")
		}},
		{name: "heartbeats are put off by traffic", do: func(ctx context.Context, s *sse.Stream) error {
			time.Sleep(40 * time.Second)
			for range 3 {
				if err := s.Send(sse.Event{Data: "x"}); err != nil {
					return err
				}
				time.Sleep(14 * time.Second)
			}
			time.Sleep(10 * time.Second)
			return nil
		}},
		{name: "heartbeats of another pace", options: sse.Options{Heartbeat: time.Second}, do: func(ctx context.Context, s *sse.Stream) error {
			time.Sleep(2500 * ms)
			return nil
		}},
		{name: "no heartbeats", options: sse.Options{Heartbeat: -1}, do: func(ctx context.Context, s *sse.Stream) error {
			time.Sleep(time.Hour)
			return s.Send(sse.Event{Data: "late"})
		}},
		{name: "retry goes with the headers", options: sse.Options{Retry: 2500 * ms}, do: func(ctx context.Context, s *sse.Stream) error {
			time.Sleep(20 * time.Second)
			return s.Send(sse.Event{Data: "x"})
		}},
		{name: "a component", do: func(ctx context.Context, s *sse.Stream) error {
			return s.SendComponent(ctx, sse.Event{ID: "7", Name: "row"}, templ.Raw("<b>\r\n\tAda\n</b>"))
		}},
		{name: "a component after data", do: func(ctx context.Context, s *sse.Stream) error {
			return s.SendComponent(ctx, sse.Event{Data: "board\n"}, templ.Raw("<b>Ada</b>"))
		}},
		{name: "a component that fails sends nothing and the stream goes on", do: func(ctx context.Context, s *sse.Stream) error {
			note(s, "%v", s.SendComponent(ctx, sse.Event{ID: "7"}, broken))
			return s.Send(sse.Event{ID: "8", Data: "on"})
		}},
		{name: "after Close nothing is sent", do: func(ctx context.Context, s *sse.Stream) error {
			s.Close()
			s.Close()
			time.Sleep(time.Minute)
			note(s, "%v, %v, %v", s.Send(sse.Event{Data: "x"}), ctx.Err(), context.Cause(ctx))
			return nil
		}},
		{name: "the client leaves", leave: 20 * time.Second, do: func(ctx context.Context, s *sse.Stream) error {
			<-ctx.Done()
			time.Sleep(time.Minute)
			note(s, "%v", s.Send(sse.Event{Data: "x"}))
			return ctx.Err()
		}},
		{name: "a write that fails ends the stream", do: func(ctx context.Context, s *sse.Stream) error {
			recorderOf(s).failWith(errBoom)
			err := s.Send(sse.Event{Data: "x"})
			note(s, "%v, %v, again: %v", err, context.Cause(ctx), s.Send(sse.Event{Data: "y"}))
			time.Sleep(time.Minute)
			return err
		}},
		{name: "a write that fails and nobody looked", do: func(ctx context.Context, s *sse.Stream) error {
			recorderOf(s).failWith(errBoom)
			_ = s.Send(sse.Event{Data: "x"})
			return nil
		}},
		{name: "a heartbeat that fails ends the stream", do: func(ctx context.Context, s *sse.Stream) error {
			recorderOf(s).failWith(errBoom)
			<-ctx.Done()
			note(s, "%v", context.Cause(ctx))
			return ctx.Err()
		}},
		{name: "an error cuts the response", do: func(ctx context.Context, s *sse.Stream) error {
			_ = s.Send(sse.Event{Data: "x"})
			return errBoom
		}},
		{name: "a panic cuts the response and goes on up", do: func(ctx context.Context, s *sse.Stream) error {
			_ = s.Send(sse.Event{Data: "x"})
			panic("at the disco")
		}},
		{name: "a shutdown spreads the clients", shutdown: 20 * time.Second, do: func(ctx context.Context, s *sse.Stream) error {
			<-ctx.Done()
			note(s, "%v", context.Cause(ctx))
			if err := s.Send(sse.Event{Data: "goodbye"}); err != nil {
				return err
			}
			return ctx.Err()
		}},
		{name: "a shutdown before the stream", shutdown: -1, do: func(ctx context.Context, s *sse.Stream) error {
			<-ctx.Done()
			return context.Cause(ctx)
		}},
		{name: "a shutdown after the client has left", shutdown: 20 * time.Second, leave: time.Second, do: func(ctx context.Context, s *sse.Stream) error {
			time.Sleep(time.Minute)
			return ctx.Err()
		}},
		{name: "HEAD gets the headers", method: "HEAD", do: func(ctx context.Context, s *sse.Stream) error {
			note(s, "called")
			return nil
		}},
		{name: "POST gets what GET does", method: "POST", do: func(ctx context.Context, s *sse.Stream) error {
			return s.Send(sse.Event{Data: "x"})
		}},
		{name: "a writer that cannot flush", whole: true, do: func(ctx context.Context, s *sse.Stream) error {
			note(s, "called")
			return nil
		}},
	})
}

// A streamTest is a stream that is compared with its transcript.
type streamTest struct {
	name     string
	options  sse.Options
	method   string        // GET unless set
	leave    time.Duration // when the client leaves; zero: it stays
	shutdown time.Duration // when Options.Until is done; zero: never; negative: before
	whole    bool          // the writer cannot flush
	do       func(context.Context, *sse.Stream) error
}

// runStreams compares each stream with its section of the test's file in
// testdata.
func runStreams(t *testing.T, tests []streamTest) {
	t.Helper()
	file := filepath.Join("testdata", strings.TrimPrefix(t.Name(), "Test")+".txt")
	b, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, tt := range tests {
		section := "# " + tt.name + "\n" + tt.transcript(t) + "\n"
		all.WriteString(section)
		t.Run(tt.name, func(t *testing.T) {
			if !*update && !strings.Contains(string(b), section) {
				t.Errorf("stream:\n%s\nwant what is in %s", section, file)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// transcript returns what leaves the server and when, and how the handler ends.
func (tt streamTest) transcript(t *testing.T) (text string) {
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder(tt.shutdown != 0)
		ctx, leave := context.WithCancel(context.WithValue(t.Context(), recorderKey{}, rec))
		defer leave()
		if tt.leave > 0 {
			time.AfterFunc(tt.leave, leave)
		}
		options := tt.options
		if tt.shutdown != 0 {
			until, shutdown := context.WithCancel(context.Background())
			defer shutdown()
			options.Until = until
			if tt.shutdown > 0 {
				time.AfterFunc(tt.shutdown, shutdown)
			} else {
				shutdown()
			}
		}
		var w http.ResponseWriter = rec
		if tt.whole {
			w = unflushable{rec}
		}
		r := httptest.NewRequestWithContext(ctx, cmp.Or(tt.method, "GET"), "/", nil)
		rec.serve(options.Handler(tt.do), w, r)
		time.Sleep(24 * time.Hour) // whatever is left must not show
		text = rec.String()
	})
	return text
}
