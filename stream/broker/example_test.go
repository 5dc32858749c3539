package broker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// price is a component. A program has it in a templ file.
func price(cents int) templ.Component {
	return templ.Raw(fmt.Sprintf("<b>%d.%02d</b>", cents/100, cents%100))
}

// receive requests a stream from h and prints its first events, without ids and
// heartbeats.
func receive(h http.Handler, events int, headers ...string) {
	server := httptest.NewServer(h)
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		fmt.Println(res.Status)
		return
	}
	for lines := bufio.NewScanner(res.Body); events > 0 && lines.Scan(); {
		switch line := lines.Text(); {
		case line == "":
			events--
		case !strings.HasPrefix(line, "id: ") && line != ":":
			fmt.Println(line)
		}
	}
}

// A page is rendered with the position at which it was loaded, and subscribes
// after that position. Here two events are published between the position and the
// first request.
func Example() {
	var b broker.Broker
	prices := b.Topic("prices")
	ctx := context.Background()

	position, err := prices.Position(ctx) // then load what the page shows
	if err != nil {
		log.Fatal(err)
	}
	for _, cents := range []int{4711, 4712} {
		if _, err := prices.PublishComponent(ctx, price(cents)); err != nil {
			log.Fatal(err)
		}
	}
	receive(prices.Handler(), 2, "Last-Event-ID", position)
	// Output:
	// data: <b>47.11</b>
	// data: <b>47.12</b>
}

func ExampleBroker() {
	session := func(r *http.Request) string {
		cookie, err := r.Cookie("session")
		if err != nil {
			return ""
		}
		return cookie.Value
	}
	b := &broker.Broker{
		Retain:  broker.Retention{Count: 10_000, Age: time.Hour},
		Queue:   100,
		Limits:  broker.Limits{Topics: 1000, Subscribers: 10_000, PerSubject: 20},
		Subject: session,
		Authorize: func(r *http.Request, topic string) error {
			if session(r) == "" {
				return errors.New("not signed in")
			}
			return nil
		},
		Stream: sse.Options{MaxLife: 10 * time.Minute, Retry: 2 * time.Second},
	}
	receive(b.Topic("prices").Handler(), 1)
	// Output:
	// 403 Forbidden
}

// Each user has one topic, and may read no other.
func ExampleBroker_Handler() {
	b := &broker.Broker{
		Subject: func(r *http.Request) string { return r.Header.Get("User") },
		Authorize: func(r *http.Request, topic string) error {
			if topic != "user."+r.Header.Get("User") {
				return errors.New("not your topic")
			}
			return nil
		},
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", b.Handler(func(r *http.Request) string { return "user." + r.Header.Get("User") }))
	mux.Handle("GET /events/{topic}", b.Handler(func(r *http.Request) string { return r.PathValue("topic") }))

	res := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/events/user.ada", nil)
	r.Header.Set("User", "bob")
	mux.ServeHTTP(res, r)
	fmt.Println(res.Code)
	// Output:
	// 403
}

// Wrong: without Authorize, anyone could read any topic.
func ExampleBroker_Handler_wrong() {
	defer func() { fmt.Println(recover()) }()
	var b broker.Broker
	b.Handler(func(r *http.Request) string { return r.URL.Query().Get("topic") })
	// Output:
	// broker: Handler needs Broker.Authorize, since requests name the topic
}

func ExampleBroker_Topic() {
	var b broker.Broker
	_, err := b.Topic("prices of tea").Publish(context.Background(), sse.Event{Data: "4711"})
	fmt.Println(err)
	// Output:
	// broker: invalid topic name
}

// A logout first ends the session, so that Authorize refuses the client when it
// reconnects, and then ends the client's streams.
func ExampleBroker_Disconnect() {
	var b broker.Broker
	logout := func(user string) int {
		// end the session of the user
		return b.Disconnect(func(_, subject string) bool { return subject == user })
	}
	fmt.Println(logout("ada"))
	// Output:
	// 0
}

func ExampleBroker_Shutdown() {
	var b broker.Broker
	server := &http.Server{Handler: b.Topic("prices").Handler()}
	stop := func(ctx context.Context) error {
		// Streams first: the server waits for them.
		return errors.Join(b.Shutdown(ctx), server.Shutdown(ctx))
	}
	fmt.Println(stop(context.Background()))
	_, err := b.Topic("prices").Publish(context.Background(), sse.Event{Data: "4711"})
	fmt.Println(err)
	// Output:
	// <nil>
	// broker: broker is shut down
}

func ExampleBroker_Stats() {
	var b broker.Broker
	if _, err := b.Topic("prices").Publish(context.Background(), sse.Event{Data: "4711"}); err != nil {
		log.Fatal(err)
	}
	s := b.Stats()
	fmt.Println(s.Topics, "topic,", s.Events, "event,", s.Subscribers, "subscribers")
	// Output:
	// 1 topic, 1 event, 0 subscribers
}

func ExampleTopic_Publish() {
	var b broker.Broker
	prices := b.Topic("prices")
	before, _ := prices.Position(context.Background())
	_, err := prices.Publish(context.Background(), sse.Event{Name: "tea", Data: "4711"})
	if err != nil {
		log.Fatal(err)
	}
	receive(prices.Handler(), 1, "Last-Event-ID", before)
	// Output:
	// event: tea
	// data: 4711
}

// A view that fails is not published.
func ExampleTopic_PublishComponent() {
	var b broker.Broker
	broken := templ.ComponentFunc(func(context.Context, io.Writer) error { return io.ErrUnexpectedEOF })
	_, err := b.Topic("prices").PublishComponent(context.Background(), templ.Join(price(4711), broken))
	fmt.Println(err, b.Stats().Published)
	// Output:
	// unexpected EOF 0
}

func ExampleTopic_Position() {
	var b broker.Broker
	prices := b.Topic("prices")
	position, err := prices.Position(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	epoch, number, _ := strings.Cut(position, "-")
	fmt.Println(len(epoch), number)
	// Output:
	// 8 0
}

// An unknown id is a gap: the client must fetch its content again.
func ExampleTopic_Handler() {
	var b broker.Broker
	receive(b.Topic("prices").Handler(), 1, "Last-Event-ID", "anotherlife-12")
	// Output:
	// event: gap
	// data: unknown
}

func ExampleTopic_Subscribe() {
	var b broker.Broker
	prices := b.Topic("prices")
	ctx := context.Background()
	events := prices.Subscribe(ctx, "") // all events that are published from now on
	for _, data := range []string{"4711", "4712"} {
		if _, err := prices.Publish(ctx, sse.Event{Data: data}); err != nil {
			log.Fatal(err)
		}
	}
	for e, err := range events {
		switch {
		case errors.Is(err, broker.ErrGap):
			continue // fetch what there is, then go on
		case err != nil:
			log.Fatal(err)
		}
		if fmt.Println(e.Data); e.Data == "4712" {
			break
		}
	}
	// Output:
	// 4711
	// 4712
}

// Only the last price matters, so a slow subscriber may miss earlier ones.
func ExamplePolicy() {
	b := &broker.Broker{Queue: 1, Slow: broker.DropOldest}
	prices := b.Topic("prices")
	ctx := context.Background()
	events := prices.Subscribe(ctx, "")
	late := func(data string) {
		if _, err := prices.Publish(ctx, sse.Event{Data: data}); err != nil {
			log.Fatal(err)
		}
	}
	late("1")
	for e, err := range events {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Data)
		if e.Data == "4" {
			break
		}
		late("2")
		late("3")
		late("4")
	}
	// Output:
	// 1
	// 4
}

func ExampleBroker_cors() {
	b := &broker.Broker{CORS: &sse.CORS{Origins: []string{"https://app.example"}, Credentials: true}}
	h := b.Topic("prices").Handler()
	receive(h, 1, "Last-Event-ID", "x", "Origin", "https://app.example")
	receive(h, 1, "Last-Event-ID", "x", "Origin", "https://evil.example")
	// Output:
	// event: gap
	// data: unknown
	// 403 Forbidden
}

// EventSource reconnects until it is told that there are no more events.
func ExampleErrStop() {
	over := true
	b := &broker.Broker{Authorize: func(*http.Request, string) error {
		if over {
			return broker.ErrStop
		}
		return nil
	}}
	receive(b.Topic("election").Handler(), 1)
	// Output:
	// 204 No Content
}

func ExampleLimits() {
	b := &broker.Broker{Limits: broker.Limits{Topics: 1}}
	for _, topic := range []string{"tea", "coffee"} {
		_, err := b.Topic(topic).Publish(context.Background(), sse.Event{Data: "4711"})
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// broker: too many topics
}

func ExampleRetention() {
	b := &broker.Broker{Retain: broker.Retention{Count: 2}}
	prices := b.Topic("prices")
	before, _ := prices.Position(context.Background())
	for _, data := range []string{"4711", "4712", "4713"} {
		if _, err := prices.Publish(context.Background(), sse.Event{Data: data}); err != nil {
			log.Fatal(err)
		}
	}
	receive(prices.Handler(), 1, "Last-Event-ID", before)
	// Output:
	// event: gap
	// data: expired
}
