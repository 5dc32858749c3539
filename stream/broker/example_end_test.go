package broker_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// Each answer has a topic of its own, which ends with the answer. A client that
// comes later receives the whole answer. A client that has received it is told to
// stop.
func ExampleTopic_End() {
	ctx := context.Background()
	var b broker.Broker
	answer := b.Topic("answer-4711")
	start, _ := answer.Position(ctx)
	for _, word := range []string{"It", "is", "done."} {
		_, _ = answer.Publish(ctx, sse.Event{Data: word})
	}
	if err := answer.End(ctx); err != nil {
		fmt.Println(err)
	}

	for e := range answer.Subscribe(ctx, start) {
		fmt.Println(e.Data)
	}

	_, err := answer.Publish(ctx, sse.Event{Data: "Not quite."})
	fmt.Println(errors.Is(err, broker.ErrEnded))

	end, _ := answer.Position(ctx)
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/answer", nil)
	r.Header.Set("Last-Event-ID", end)
	answer.Handler().ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output:
	// It
	// is
	// done.
	// true
	// 204
}
