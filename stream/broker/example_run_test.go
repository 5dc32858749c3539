package broker_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// The form carries a random key, so that a form that is sent twice asks the model
// once. The page that shows the answer has the run in its URL. It can be loaded
// again, or in a second tab, during the answer and after it.
func ExampleBroker_Start() {
	ctx := context.Background()
	answers := broker.Broker{Retain: broker.Retention{Count: 100_000, Age: time.Hour}}
	ask := func(ctx context.Context) iter.Seq2[string, error] { // see package llm
		return func(yield func(string, error) bool) {
			fmt.Println("The model is asked.")
			_ = yield("The sky", nil) && yield(" is blue.", nil)
		}
	}

	limits := broker.RunOptions{Timeout: time.Minute, Unwatched: 30 * time.Second}
	run, err := answers.Start(ctx, "3f9q2x", limits, ask)
	again, _ := answers.Start(ctx, "3f9q2x", limits, ask)
	fmt.Println(again == run, err)

	for range 2 {
		for text, err := range answers.Topic(run.Topic).Data(ctx, run.Position) {
			fmt.Print(text)
			if err != nil {
				fmt.Println(err)
			}
		}
		fmt.Println()
	}
	// Unordered output:
	// true <nil>
	// The model is asked.
	// The sky is blue.
	// The sky is blue.
}

// A stop button ends the run. Its readers keep what has come and learn why no more
// follows.
func ExampleTopic_Stop() {
	ctx := context.Background()
	var answers broker.Broker
	run, _ := answers.Start(ctx, "", broker.RunOptions{}, func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			yield("To begin with,", nil)
			<-ctx.Done() // a model that is slow
		}
	})
	topic := answers.Topic(run.Topic)
	for text, err := range topic.Data(ctx, run.Position) {
		var failed *broker.FailedError
		if errors.As(err, &failed) {
			fmt.Println(failed.Reason)
			break
		}
		fmt.Println(text)
		if err := topic.Stop(ctx); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// To begin with,
	// stopped
}
