package natsbroker_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

var large = broker.Retention{Count: 1 << 20, Bytes: 256 << 20, Age: time.Hour}

// forms runs a benchmark in memory, as the baseline, and on NATS with the
// events in memory and in files.
func forms(b *testing.B, f func(b *testing.B, node func() *broker.Broker)) {
	b.ReportAllocs()
	b.Run("in memory", func(b *testing.B) {
		one := &broker.Broker{Retain: large}
		f(b, func() *broker.Broker { return one })
		shutdown(b, one)
	})
	for _, memory := range []bool{true, false} {
		b.Run(map[bool]string{true: "NATS, memory", false: "NATS, files"}[memory], func(b *testing.B) {
			o := natsbroker.Options{Server: newServer(b, embedded.Options{}), Stream: "BENCH", Retain: large, Memory: memory, Bytes: 1 << 30}
			f(b, func() *broker.Broker { return newNode(b, o) })
		})
	}
}

// small is an event of a hundred bytes.
var small = sse.Event{Name: "price", Data: strings.Repeat("x", 100)}

// BenchmarkPublish measures the cost of an event for its publisher, with one
// publisher and with a hundred.
func BenchmarkPublish(b *testing.B) {
	forms(b, func(b *testing.B, node func() *broker.Broker) {
		topic := node().Topic("news")
		b.Run("alone", func(b *testing.B) {
			for b.Loop() {
				if _, err := topic.Publish(context.Background(), small); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("a hundred together", func(b *testing.B) {
			b.SetParallelism((99 + runtime.GOMAXPROCS(0)) / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := topic.Publish(context.Background(), small); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	})
}

// BenchmarkDelivery measures the time from Publish on one node until a subscriber
// of another node has the event.
func BenchmarkDelivery(b *testing.B) {
	forms(b, func(b *testing.B, node func() *broker.Broker) {
		from, to := node(), node()
		arrived := make(chan struct{})
		ctx, leave := context.WithCancel(b.Context())
		var all sync.WaitGroup
		events := to.Topic("news").Subscribe(ctx, "")
		all.Go(func() {
			for _, err := range events {
				if err == nil {
					arrived <- struct{}{}
				}
			}
		})
		for b.Loop() {
			if _, err := from.Topic("news").Publish(ctx, small); err != nil {
				b.Fatal(err)
			}
			<-arrived
		}
		leave()
		all.Wait()
	})
}

// BenchmarkReplay measures the time in which a subscriber receives 10,000 events.
// Its topic either has other subscribers on the node, or must first be fetched.
func BenchmarkReplay(b *testing.B) {
	const events = 10_000
	forms(b, func(b *testing.B, node func() *broker.Broker) {
		n := node()
		start, err := n.Topic("news").Position(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				for range events / 50 {
					if _, err := n.Topic("news").Publish(b.Context(), small); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
		replay := func(b *testing.B) {
			left := events
			for _, err := range n.Topic("news").Subscribe(b.Context(), start) {
				if err != nil {
					b.Fatal(err)
				}
				if left--; left == 0 {
					return
				}
			}
		}
		b.Run("first", func(b *testing.B) {
			for b.Loop() {
				replay(b)
			}
		})
		b.Run("one more", func(b *testing.B) {
			ctx, leave := context.WithCancel(b.Context())
			var there sync.WaitGroup
			there.Go(func() {
				for range n.Topic("news").Subscribe(ctx, start) {
				}
			})
			replay(b)
			for b.Loop() {
				replay(b)
			}
			leave()
			there.Wait()
		})
	})
}

// BenchmarkSubscribers measures the time until all subscribers of one node have
// an event, for which NATS has one consumer.
func BenchmarkSubscribers(b *testing.B) {
	for _, subscribers := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(subscribers), func(b *testing.B) {
			forms(b, func(b *testing.B, node func() *broker.Broker) {
				n := node()
				ctx, leave := context.WithCancel(b.Context())
				var all, arrived sync.WaitGroup
				for range subscribers {
					all.Go(func() {
						for _, err := range n.Topic("news").Subscribe(ctx, "") {
							if err == nil {
								arrived.Done()
							}
						}
					})
				}
				until(b, "subscribers", func() bool { return n.Stats().Subscribers == subscribers })
				for b.Loop() {
					arrived.Add(subscribers)
					if _, err := n.Topic("news").Publish(ctx, small); err != nil {
						b.Fatal(err)
					}
					arrived.Wait()
				}
				leave()
				all.Wait()
			})
		})
	}
}
