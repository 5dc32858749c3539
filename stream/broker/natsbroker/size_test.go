package natsbroker_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// BenchmarkNode measures what a node holds, without NATS and with it. Clients and
// NATS are processes of their own, so the figures are those of the node alone:
//
//	KiB/subscriber     memory of a client that waits, without the kernel's
//	us/connection      CPU time of its connection
//	us/delivery        CPU time of an event for one of many subscribers
//	us/event           CPU time of an event without subscribers
//	us/replayed        CPU time of an event for a client that has missed it
//	KiB/topic          memory of a topic with one subscriber, that included
//	us/topic           CPU time until that one waits
//	NATS-KiB/topic     memory of NATS for the consumer of that topic
//	NATS-us/event      CPU time of NATS for an event
//	NATS-B/event       size of an event in NATS, of which 105 bytes are its own
//
// The times depend on the machine: see docs/instances.md for ratios.
func BenchmarkNode(b *testing.B) {
	b.Run("in memory", func(b *testing.B) {
		measure(b, &broker.Broker{Retain: sizes}, 0)
	})
	b.Run("NATS", func(b *testing.B) {
		url, pid := elsewhere(b)
		store := open(b, natsbroker.Options{URL: url, Retain: sizes, Heartbeat: 5 * time.Second})
		measure(b, &broker.Broker{Store: store}, pid)
	})
}

// elsewhere starts NATS in another process, so that this one has its own figures.
func elsewhere(t testing.TB) (url string, pid int) {
	t.Helper()
	addr := freeAddr(t)
	conf := filepath.Join(t.TempDir(), "nats.conf")
	text := fmt.Sprintf("listen: %q\njetstream { store_dir: %q }\n", addr, t.TempDir())
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "nats://" + addr, startChild(t, "server", conf).Process.Pid
}

// A synchronous subscription of package nats alone would take half a MiB.
func TestATopicTakesLittleMemory(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector has memory of its own")
	const topics, most = 200, 64 << 10
	url, _ := elsewhere(t)
	b := newNode(t, natsbroker.Options{URL: url, Heartbeat: 5 * time.Second})
	before := testkit.InUse()
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range topics {
		all.Go(func() {
			for range b.Topic(fmt.Sprint("topic", i)).Subscribe(ctx, "") {
			}
		})
	}
	until(t, "all topics are followed", func() bool {
		st := b.Stats()
		return st.Subscribers == topics && st.Store.Behind == 0
	})
	if got := (testkit.InUse() - before) / topics; got > most {
		t.Errorf("a topic takes %d bytes, want at most %d", got, most)
	}
	leave()
	all.Wait()
}

var sizes = broker.Retention{Count: 1 << 20, Bytes: 256 << 20, Age: time.Hour}

const (
	manySubscribers = 4000
	manyEvents      = 100
	missedEvents    = 1000
	manyTopics      = 1000
)

// measure reports the figures of a broker. NATS is the process with an id, if that
// is not zero.
func measure(b *testing.B, node *broker.Broker, nats int) {
	node.Authorize = func(*http.Request, string) error { return nil }
	node.Stream = sse.Options{Heartbeat: -1}
	s := httptest.NewServer(node.Handler(func(r *http.Request) string { return r.URL.Path[1:] }))
	addr := s.Listener.Addr().String()
	defer func() { shutdown(b, node); s.Close() }()
	topic := node.Topic("news")
	publish := func(events int) {
		for range events {
			if _, err := topic.Publish(context.Background(), small); err != nil {
				b.Fatal(err)
			}
		}
	}
	micro := func(n int, f func()) float64 {
		start := testkit.CPU()
		f()
		return float64((testkit.CPU() - start).Microseconds()) / float64(n)
	}
	for b.Loop() {
		start, err := topic.Position(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		natsCPU := cpuOf(b, nats)
		b.ReportMetric(micro(missedEvents, func() { publish(missedEvents) }), "us/event")
		if nats != 0 {
			b.ReportMetric(float64((cpuOf(b, nats)-natsCPU).Microseconds())/missedEvents, "NATS-us/event")
			b.ReportMetric(onDisk(b, node.Store.(*natsbroker.Store)), "NATS-B/event")
		}

		clients, memory := 0, testkit.InUse()
		arrive := func(n int, path string) func() {
			c := startChild(b, "readers", addr+path, fmt.Sprint(n))
			clients += n
			until(b, "subscribers", func() bool { return node.Stats().Subscribers == clients })
			return func() {
				kill(c)
				clients -= n
				until(b, "no subscribers", func() bool { return node.Stats().Subscribers == clients })
			}
		}
		var leave func()
		b.ReportMetric(micro(manySubscribers, func() { leave = arrive(manySubscribers, "/news") }), "us/connection")
		b.ReportMetric(float64(testkit.InUse()-memory)/1024/manySubscribers, "KiB/subscriber")
		delivered := node.Stats().Delivered
		b.ReportMetric(micro(manySubscribers*manyEvents, func() {
			for i := range manyEvents {
				publish(1)
				until(b, "delivery", func() bool { return node.Stats().Delivered == delivered+uint64((i+1)*manySubscribers) })
			}
		}), "us/delivery")
		leave()

		const again = 200
		delivered = node.Stats().Delivered
		all := uint64(again * (missedEvents + manyEvents))
		b.ReportMetric(micro(int(all), func() {
			leave = arrive(again, "/news?lastEventId="+start)
			until(b, "replay", func() bool { return node.Stats().Delivered == delivered+all })
		}), "us/replayed")
		leave()

		memory, natsMemory := testkit.InUse(), memoryOf(b, nats)
		b.ReportMetric(micro(manyTopics, func() { leave = arrive(manyTopics, "/topic-*") }), "us/topic")
		b.ReportMetric(float64(testkit.InUse()-memory)/1024/manyTopics, "KiB/topic")
		if nats != 0 {
			b.ReportMetric(float64(memoryOf(b, nats)-natsMemory)/1024/manyTopics, "NATS-KiB/topic")
		}
		leave()
	}
	b.ReportMetric(0, "ns/op")
}

// onDisk returns the size of an event in the stream.
func onDisk(b *testing.B, s *natsbroker.Store) float64 {
	js, err := jetstream.New(s.Conn())
	if err != nil {
		b.Fatal(err)
	}
	for stream := range js.ListStreams(b.Context()).Info() {
		return float64(stream.State.Bytes) / float64(stream.State.Msgs)
	}
	return 0
}

// cpuOf returns the CPU time of a process, in steps of 10 ms.
func cpuOf(b *testing.B, pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("this system does not have the CPU time of a process: ", err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after) // from the third one on
	var user, system time.Duration
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		b.Fatal(err)
	}
	return (user + system) * 10 * time.Millisecond
}

// memoryOf returns the resident memory of a process.
func memoryOf(b *testing.B, pid int) int64 {
	if pid == 0 {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		b.Fatal(err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		b.Fatal(err)
	}
	return resident * int64(os.Getpagesize())
}
