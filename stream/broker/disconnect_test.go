package broker_test

import (
	"io"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

var event = regexp.MustCompile(`data: x\nid: .*\n\n`)

// How a stream ends depends on what has ended it, not on which goroutine notices
// it first: the one that waits or the one that sends.
func TestDisconnectedStreamsEndAlike(t *testing.T) {
	always := func(string, string) bool { return true }
	for name, end := range map[string]func(b *broker.Broker, topic broker.Topic){
		"one that waits":  func(b *broker.Broker, _ broker.Topic) { b.Disconnect(always) },
		"one that sends":  func(b *broker.Broker, topic broker.Topic) { publish(t, topic, "x"); b.Disconnect(always) },
		"one told of":     func(b *broker.Broker, topic broker.Topic) { b.Disconnect(always); publish(t, topic, "x") },
		"one told of two": func(b *broker.Broker, topic broker.Topic) { b.Disconnect(always); b.Disconnect(always) },
	} {
		for _, retry := range []time.Duration{0, 10 * time.Second} {
			t.Run(name, func(t *testing.T) {
				for range 100 {
					synctest.Test(t, func(t *testing.T) {
						b := &broker.Broker{Stream: sse.Options{Retry: retry}}
						topic := b.Topic("news")
						p := overPipes(t, topic.Handler())
						l := p.listen(t, "/")
						synctest.Wait()
						end(b, topic)
						body, err := io.ReadAll(l.body)
						want := ":\n"
						if retry > 0 {
							want = "retry: 10000\n"
						}
						// An event that was being sent may have arrived.
						if got := event.ReplaceAllString(string(body), ""); err != nil || got != want {
							t.Fatalf("body = %q, %v, want %q, and no line after it", body, err, want)
						}
					})
				}
			})
		}
	}
}
