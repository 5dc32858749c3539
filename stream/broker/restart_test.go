package broker_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A restart is what a million pages with a live region meet: all processes end at
// once, and are back after some time.
type restart struct {
	shutdown bool          // the processes end by Shutdown, not by a kill
	down     time.Duration // until a process answers again
	proxy    bool          // meanwhile a proxy answers with the status 502
	gap      bool          // the events are in memory, so that each page is loaded again
}

func (r restart) String() string {
	s := "killed"
	if r.shutdown {
		s = "shut down"
	}
	s += fmt.Sprintf(", down for %v", r.down)
	if r.proxy {
		s += " behind a proxy"
	}
	if r.gap {
		s += ", with a gap"
	}
	return s
}

// TestAMillionClientsComeBackSlowly simulates restarts over the times that streams
// really send. In no second are there more connections, or more page loads, than
// Limits.Reconnects of all processes.
func TestAMillionClientsComeBackSlowly(t *testing.T) {
	testkit.SkipWithRace(t, "these clients would take a minute, and fewer vary more")
	const clients, processes, perProcess, streams = 1_000_000, 40, 250, 20_000
	limits := broker.Limits{Subscribers: clients / processes, Reconnects: perProcess}
	limited, plain := retries(t, limits, streams), retries(t, broker.Limits{}, 2000)
	for _, down := range []time.Duration{0, 2 * time.Second, 30 * time.Second, 5 * time.Minute, 15 * time.Minute} {
		for i := range 8 {
			r := restart{shutdown: i&1 > 0, gap: i&2 > 0, proxy: i&4 > 0, down: down}
			if r.proxy && down == 0 {
				continue
			}
			t.Run(r.String(), func(t *testing.T) {
				connections, pages := r.peaks(clients, limited)
				t.Logf("at most %d connections and %d page loads in a second", connections, pages)
				if down < time.Minute {
					c, p := r.peaks(clients, plain)
					t.Logf("without a limit: %d and %d", c, p)
				}
				if most := processes * perProcess; connections > most || pages > most {
					t.Errorf("%d connections and %d page loads in one second, want at most %d", connections, pages, most)
				}
			})
		}
	}
}

// peaks returns the most connections and page loads of a second.
func (r restart) peaks(clients int, w waits) (connections, pages int) {
	var connects, loads counted
	random := rand.New(rand.NewPCG(1, 2))
	times := w.first
	if r.shutdown {
		times = w.last
	}
	for range clients {
		r.client(between(times, random), random, &connects, &loads)
	}
	return connects.most(), loads.most()
}

// between returns a time at random that is spread as times are, which are sorted.
// There are more clients than streams in the simulation, so it lies between two of
// them: otherwise all clients with one of these times would be in the same second.
func between(times []time.Duration, random *rand.Rand) time.Duration {
	i := random.IntN(len(times) - 1)
	return times[i] + time.Duration(random.Float64()*float64(times[i+1]-times[i]))
}

// client counts what one page does until it is live again. EventSource waits for
// the same time again if it reaches nobody, and gives up at a status. The script
// of live regions then loads the page at random within that time, or 10 s, and then
// within twice the time, and so on.
func (r restart) client(wait time.Duration, random *rand.Rand, connects, loads *counted) {
	at, within := wait, max(5*time.Second, wait/2)
	connects.add(at)
	for ; at < r.down && !r.proxy; connects.add(at) {
		at += wait
	}
	if at >= r.down && !r.gap {
		return
	}
	for loaded := false; !loaded; loads.add(at) {
		within *= 2
		at += time.Duration(random.Int64N(int64(within)))
		loaded = at >= r.down
	}
	connects.add(at)
}

// A counted has the number of something in each second.
type counted []int

func (c *counted) add(at time.Duration) {
	for s := int(at / time.Second); len(*c) <= s; {
		*c = append(*c, 0)
	}
	(*c)[at/time.Second]++
}

func (c counted) most() int { return slices.Max(append(c, 0)) }

// The simulation waits as the script does.
func TestTheScriptWaitsAsSimulated(t *testing.T) {
	script, err := os.ReadFile("../../assets/live.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"wait = 5e3", "wait = Math.max(wait, retry / 2 % 1e9 || 0)", "Math.random() * (wait = wait < 36e5 ? wait * 2 : wait)"} {
		if !strings.Contains(string(script), line) {
			t.Errorf("live.js has no %q", line)
		}
	}
}

// A waits is the sorted times to reconnect at the starts and at the ends of streams.
type waits struct{ first, last []time.Duration }

// retries returns what clients are told by real streams of a process that is shut
// down. Without a time at the start, browsers wait for about 3 s.
func retries(t *testing.T, limits broker.Limits, clients int) (w waits) {
	t.Helper()
	b := &broker.Broker{Limits: limits, Stream: sse.Options{Heartbeat: -1}}
	h := b.Topic("news").Handler()
	answers := make([]*httptest.ResponseRecorder, clients)
	var all sync.WaitGroup
	for i := range answers {
		answers[i] = httptest.NewRecorder()
		all.Go(func() { h.ServeHTTP(answers[i], httptest.NewRequest("GET", "/", nil)) })
	}
	for end := time.Now().Add(time.Minute); b.Stats().Subscribers < clients; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d clients, want %d", b.Stats().Subscribers, clients)
		}
	}
	if err := b.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	for _, a := range answers {
		all := sent(t, a.Body.String())
		first := 3 * time.Second
		if len(all) > 1 {
			first = all[0]
		}
		w.first, w.last = append(w.first, first), append(w.last, all[len(all)-1])
	}
	slices.Sort(w.first)
	slices.Sort(w.last)
	return w
}

var retryLine = regexp.MustCompile(`(?m)^retry: (\d+)$`)

// sent returns the times to reconnect in a stream.
func sent(t *testing.T, stream string) (all []time.Duration) {
	t.Helper()
	for _, found := range retryLine.FindAllStringSubmatch(stream, -1) {
		ms, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, time.Duration(ms)*time.Millisecond)
	}
	if len(all) == 0 {
		t.Fatalf("no time to reconnect in %q", stream)
	}
	return all
}

func TestReconnects(t *testing.T) {
	limits := broker.Limits{Subscribers: 1000, Reconnects: 30} // 50 to 150 s
	for _, c := range []struct {
		name        string
		end         func(b *broker.Broker)
		least, most time.Duration
	}{
		{"a stream whose life is over", func(*broker.Broker) { time.Sleep(time.Hour) }, 500 * time.Millisecond, 1500 * time.Millisecond},
		{"a client that is disconnected", func(b *broker.Broker) {
			b.Disconnect(func(string, string) bool { return true })
		}, 500 * time.Millisecond, 1500 * time.Millisecond},
		{"a topic that ends", func(b *broker.Broker) { _ = b.Topic("news").End(context.Background()) }, 50 * time.Second, 150 * time.Second},
		{"a process that is shut down", func(b *broker.Broker) { _ = b.Shutdown(context.Background()) }, 25 * time.Second, 225 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &broker.Broker{Limits: limits, Stream: sse.Options{MaxLife: time.Hour, Retry: time.Second}}
				answer := httptest.NewRecorder()
				ended := make(chan struct{})
				go func() { // waited for below
					defer close(ended)
					b.Topic("news").Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
				}()
				synctest.Wait()
				c.end(b)
				<-ended
				all := sent(t, answer.Body.String())
				if first := all[0]; first < 50*time.Second || first > 150*time.Second {
					t.Errorf("a stream begins with a retry of %v", first)
				}
				if last := all[len(all)-1]; last < c.least || last > c.most {
					t.Errorf("a stream ends with a retry of %v, want %v to %v", last, c.least, c.most)
				}
			})
		})
	}
	t.Run("need a number of clients", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		(&broker.Broker{Limits: broker.Limits{Reconnects: 1}}).Topic("news").Handler()
	})
	t.Run("do not panic at the longest time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{Limits: limits, Stream: sse.Options{MaxLife: time.Second, Retry: math.MaxInt64}}
			answer := httptest.NewRecorder()
			b.Topic("news").Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
			if first := sent(t, answer.Body.String())[0]; first < math.MaxInt64/4 {
				t.Errorf("a stream begins with a retry of %v", first)
			}
		})
	})
}
