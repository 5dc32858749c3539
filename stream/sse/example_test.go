package sse_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// show prints the response of h.
func show(h http.Handler, r *http.Request) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		fmt.Println(w.Code, http.StatusText(w.Code))
	}
	fmt.Print(strings.ReplaceAll(w.Body.String(), "\n\n", "\n--\n"))
}

func ExampleHandler() {
	prices := make(chan string, 2)
	prices <- "42"
	prices <- "43"
	close(prices)
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		for {
			select {
			case <-ctx.Done(): // the client has left, for example
				return ctx.Err()
			case price, ok := <-prices:
				if !ok {
					return nil
				}
				if err := s.Send(sse.Event{Name: "price", Data: price}); err != nil {
					return err
				}
			}
		}
	})
	show(h, httptest.NewRequest("GET", "/prices", nil))
	// Output:
	// :
	// event: price
	// data: 42
	// --
	// event: price
	// data: 43
	// --
}

// Errors must be found before Open, while the status can still report them. The
// body of a POST must be read before Open, too.
func ExampleOpen() {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var question struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
			http.Error(w, "What?", http.StatusBadRequest)
			return
		}
		s, err := sse.Open(w, r)
		if err != nil {
			if errors.Is(err, http.ErrNotSupported) {
				http.Error(w, "Sorry", http.StatusInternalServerError)
			}
			return
		}
		defer s.Close()
		for word := range strings.FieldsSeq(question.Text) {
			if s.Send(sse.Event{Data: strings.ToUpper(word)}) != nil {
				return // the client has left
			}
		}
	})
	show(h, httptest.NewRequest("POST", "/shout", strings.NewReader(`{"Text": "good morning"}`)))
	show(h, httptest.NewRequest("POST", "/shout", strings.NewReader(`good morning`)))
	// Output:
	// :
	// data: GOOD
	// --
	// data: MORNING
	// --
	// 400 Bad Request
	// What?
}

// A server that stops must end its streams, since http.Server.Shutdown waits for
// them. It should also keep its clients from reconnecting all in the same second.
func ExampleOptions() {
	until, shutdown := context.WithCancel(context.Background())
	streams := sse.Options{Until: until, MaxLife: time.Hour, Retry: 2 * time.Second}
	h := streams.Handler(func(ctx context.Context, s *sse.Stream) error {
		<-ctx.Done()
		if context.Cause(ctx) == sse.ErrShutdown {
			return s.Send(sse.Event{Data: "back in a moment"})
		}
		return ctx.Err()
	})
	server := &http.Server{Handler: h}
	server.RegisterOnShutdown(shutdown)

	shutdown() // what server.Shutdown does
	w := httptest.NewRecorder()
	server.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Print(masked(w.Body.String()))
	// Output:
	// retry: 2000
	// data: back in a moment
	//
	// retry: RANDOM
}

// masked hides the last retry, which is random.
func masked(text string) string {
	i := strings.LastIndex(text, "retry: ")
	return text[:i] + "retry: RANDOM\n"
}

// A client that reconnects sends the ID of the last event that it has received.
func ExampleStream_LastEventID() {
	log := []string{"zero", "one", "two", "three"}
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		next := 0
		if last, err := strconv.Atoi(s.LastEventID()); err == nil {
			next = last + 1
		}
		for i := next; i < len(log); i++ {
			if err := s.Send(sse.Event{ID: strconv.Itoa(i), Data: log[i]}); err != nil {
				return err
			}
		}
		return nil
	})
	r := httptest.NewRequest("GET", "/log", nil)
	r.Header.Set("Last-Event-ID", "1")
	show(h, r)
	// Output:
	// :
	// data: two
	// id: 2
	// --
	// data: three
	// id: 3
	// --
}

// The ID may also be in the URL, for the first request of a page that already
// shows the content up to an event.
func ExampleLastEventID() {
	r := httptest.NewRequest("GET", "/log?lastEventId=1", nil)
	fmt.Println(sse.LastEventID(r))
	// Output: 1
}

func ExampleStream_SendComponent() {
	row := templ.Raw("<tr>\n\t<td>Ada</td>\n</tr>") // a program has templ files instead
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		return s.SendComponent(ctx, sse.Event{Name: "row"}, row)
	})
	show(h, httptest.NewRequest("GET", "/rows", nil))
	// Output:
	// :
	// event: row
	// data: <tr>
	// data: 	<td>Ada</td>
	// data: </tr>
	// --
}

// An event for many receivers is encoded once.
func ExampleStream_SendEncoded() {
	encoded, err := sse.Event{Data: "to all of you"}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		return s.SendEncoded(encoded)
	})
	for range 2 {
		show(h, httptest.NewRequest("GET", "/", nil))
	}
	// Output:
	// :
	// data: to all of you
	// --
	// :
	// data: to all of you
	// --
}

// Wrong: the program uses a stream after its handler has returned. A closed
// stream sends nothing, and its methods return ErrClosed.
func ExampleStream_Close_wrong() {
	var forgotten *sse.Stream
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		forgotten = s
		return nil
	})
	show(h, httptest.NewRequest("GET", "/", nil))
	fmt.Println(forgotten.Send(sse.Event{Data: "too late"}))
	// Output:
	// :
	// sse: stream closed
}

func ExampleStream_Comment() {
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		return s.Comment("thinking")
	})
	show(h, httptest.NewRequest("GET", "/", nil))
	// Output:
	// :
	// : thinking
}

// EventSource reconnects after each response, until Stop answers it.
func ExampleStop() {
	stream := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		return s.Send(sse.Event{ID: "end", Data: "That was all."})
	})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sse.LastEventID(r) == "end" {
			sse.Stop(w)
			return
		}
		stream.ServeHTTP(w, r)
	})
	r := httptest.NewRequest("GET", "/", nil)
	show(h, r)
	r.Header.Set("Last-Event-ID", "end")
	show(h, r)
	// Output:
	// :
	// data: That was all.
	// id: end
	// --
	// 204 No Content
}

func ExampleEvent_AppendTo() {
	e := sse.Event{ID: "7", Name: "note", Data: "two\nlines"}
	b, err := e.AppendTo(nil)
	fmt.Printf("%s%v\n", b, err)

	// What would be read as something else is refused.
	e.Name = "note\ndata: forged"
	b, err = e.AppendTo(nil)
	fmt.Printf("%s%v\n", b, err)
	// Output:
	// event: note
	// data: two
	// data: lines
	// id: 7
	//
	// <nil>
	// sse: line end in event name
}

func ExampleErrEventID() {
	_, err := sse.Event{ID: "7\ndata: forged"}.Encode()
	fmt.Println(errors.Is(err, sse.ErrEventID), err)
	// Output: true sse: line end or NUL in event id
}

func ExampleEncoded_Event() {
	encoded, err := sse.Event{ID: "7", Data: "two\r\nlines"}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d bytes: %+v\n", encoded.Len(), encoded.Event())
	// Output:
	// 29 bytes: {ID:7 Name: Data:two
	// lines Retry:0s Comment:}
}
