package broker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// BenchmarkPublish measures the cost of an event for its publisher.
func BenchmarkPublish(b *testing.B) {
	e := sse.Event{Name: "price", Data: "one line of a hundred bytes, more or less, as a small change of a page is, with some of its markup in it"}
	topic := new(broker.Broker).Topic("news")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := topic.Publish(context.Background(), e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFanOut measures deliveries per second, over a real server and
// connections in memory: one event at a time, and ten.
func BenchmarkFanOut(b *testing.B) {
	for _, subscribers := range []int{100, 1000, 10_000} {
		c := newCrowd(b, subscribers)
		for _, burst := range []int{1, 10} {
			b.Run(fmt.Sprintf("%d subscribers, %d at a time", subscribers, burst), func(b *testing.B) {
				for b.Loop() {
					c.burst(b, burst)
				}
				b.ReportMetric(float64(b.N*burst*subscribers)/b.Elapsed().Seconds(), "deliveries/s")
			})
		}
		c.close(b)
	}
}
