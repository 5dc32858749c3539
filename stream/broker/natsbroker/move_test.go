package natsbroker_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestAClientThatIsMovedBetweenNodesMissesNothing(t *testing.T) {
	t.Parallel()
	const moves = 200
	s := newServer(t, embedded.Options{})
	o := natsbroker.Options{Server: s, Stream: "MOVES"}
	nodes := []*broker.Broker{newNode(t, o), newNode(t, o)}
	var servers []string
	for _, n := range nodes {
		servers = append(servers, serve(t, n, "news").Listener.Addr().String())
	}
	p := newProxy(t, moves, servers...)
	start, err := nodes[1].Topic("news").Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var received atomic.Int64
	var published int64
	var all sync.WaitGroup
	all.Go(func() {
		publish := func(data string) {
			if _, err := nodes[published%2].Topic("news").Publish(t.Context(), sse.Event{Data: data}); err != nil {
				t.Errorf("Publish() = %v, want nil", err)
			}
			published++
		}
		for p.cuts.Load() > 0 && t.Context().Err() == nil && !t.Failed() {
			if published > received.Load()+20 {
				time.Sleep(time.Millisecond)
				continue
			}
			if _, err := nodes[0].Topic("weather").Publish(t.Context(), sse.Event{Data: "rain"}); err != nil {
				t.Errorf("Publish() = %v, want nil", err)
			}
			publish(fmt.Sprint(published, " ", strings.Repeat("x", int(published*37%300))))
		}
		publish("end")
	})
	got := 0
	last, connections := start, 0
	for done := false; !done && !t.Failed(); connections++ {
		done, last = readFrom(t, patience, p.Addr().String(), last, func(e sse.Event) bool {
			if e.Data == "end" {
				return true
			}
			if n, _, _ := strings.Cut(e.Data, " "); n != strconv.Itoa(got) || e.Name != "" {
				t.Errorf("after %d events came %.40q, named %q", got, e.Data, e.Name)
			}
			got++
			received.Add(1)
			return false
		})
	}
	all.Wait()
	if int64(got) != published-1 {
		t.Errorf("%d events came, want %d", got, published-1)
	}
	if connections < moves {
		t.Errorf("%d connections, want %d", connections, moves)
	}
	t.Logf("%d events over %d connections", got, connections)
}

// readFrom reads a stream until f has enough or the stream ends, which must be
// within a time.
func readFrom(t *testing.T, within time.Duration, addr, after string, f func(sse.Event) bool) (done bool, last string) {
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	r.Header.Set("Last-Event-ID", after)
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(r)
	if err != nil {
		return false, after
	}
	defer func() { _ = res.Body.Close() }()
	for e, err := range sse.NewReader(res.Body).Events() {
		if ctx.Err() != nil {
			t.Errorf("not all came in %v", within)
		}
		if err != nil {
			return false, after
		}
		if e.ID != "" {
			after = e.ID
		}
		if f(e) {
			return true, after
		}
	}
	return false, after
}
