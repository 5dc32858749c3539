package lossy

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Trial is a sequence of events of all shapes that a client receives through a
// Proxy. The first events are published before the client connects. Then one
// event is published with each piece that passes the proxy, so that there is
// always something to cut. The last events follow when there are no cuts left.
type Trial struct {
	// URL is the address of the topic behind the proxy, from the first event of
	// the Trial on.
	URL string

	t     testing.TB
	topic broker.Topic

	mu    sync.Mutex
	sent  []Received
	ended bool
}

// Names are the names of the events of a Trial. A client that receives an event
// named End has received all events.
var Names = []string{"price", "note", End}

// End is the name of the last event.
const End = "finish"

// Received is an event as a client reports it. The Name of an event without a
// name is "message".
type Received struct{ Name, ID, Data string }

// before is how many events are published beforehand.
const before = 10

// Start starts a Trial with a topic that is served at the URL.
func Start(t testing.TB, topic broker.Topic, at string, cuts Cuts) *Trial {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, u.Host, u.Path, cuts)
	tr := &Trial{t: t, topic: topic}
	position, err := topic.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.listener.Addr().String()
	u.RawQuery = url.Values{"lastEventId": {position}}.Encode()
	tr.URL = u.String()
	for range before {
		tr.next()
	}
	p.onPass = tr.next
	p.onEnd = tr.end
	p.start()
	return tr
}

// Judge fails the test unless a client that has received these events, in this
// order, has received each event once and undamaged.
func (tr *Trial) Judge(t testing.TB, got []Received) {
	t.Helper()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for i, want := range tr.sent {
		if i == len(got) {
			t.Fatalf("received %d events, want %d", len(got), len(tr.sent))
		}
		if got[i] != want {
			t.Fatalf("event %d of %d: %q, want %q", i, len(tr.sent), got[i], want)
		}
	}
	if len(got) > len(tr.sent) {
		t.Fatalf("received %d events, want %d", len(got), len(tr.sent))
	}
	t.Logf("received %d events", len(got))
}

func (tr *Trial) next() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if !tr.ended {
		tr.send(event(len(tr.sent)))
	}
}

func (tr *Trial) end() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.ended = true
	tr.send(sse.Event{Name: End})
}

func (tr *Trial) send(e sse.Event) {
	id, err := tr.topic.Publish(context.Background(), e)
	if err != nil {
		tr.t.Errorf("Publish() = %v, want nil", err)
	}
	if e.Name == "" {
		e.Name = "message"
	}
	tr.sent = append(tr.sent, Received{e.Name, id, e.Data})
}

// event returns the event of that number.
func event(i int) sse.Event {
	e := sse.Event{Data: fmt.Sprintf("number %d", i)}
	switch i % 5 {
	case 1:
		e.Name = "price"
	case 2:
		e.Data += " of several lines:\n" + strings.Repeat("a line\n", i%7) + "\nthe last"
	case 3:
		e.Name = "note"
		e.Data += strings.Repeat(" żółw 龜 🐢", i%11)
	case 4:
		e.Data = fmt.Sprintf(`{"number": %d, "text": "id: 1\u000a\u000adata: %s"}`, i, strings.Repeat("x", i*37%600))
	}
	return e
}
