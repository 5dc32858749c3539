package broker

import (
	"context"
	"errors"
	"iter"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// Data returns the data of the events of a topic that a run writes: those after the
// position, which have come already, and then those that are still to come. With
// Run.Position, that is everything. Each event comes once. The sequence ends when
// the topic ends. It suits suspense.Text and suspense.Each.
//
// The last item may be an error: a *FailedError if the run has ended early; ErrGap
// if events after the position are no longer retained, or if the position is of an
// earlier life of the process or of no topic at all; or an error of Subscribe. While
// the Store is out of reach, no event follows and no error: limit the wait, for
// example with suspense.Timeout, or with ctx.
//
// Data skips events that have a name, except the one that says how a run has failed.
func (t Topic) Data(ctx context.Context, position string) iter.Seq2[string, error] {
	if position == "" {
		position = "0-0" // of no topic; Subscribe would begin at the end
	}
	events := t.Subscribe(ctx, position)
	return func(yield func(string, error) bool) {
		for e, err := range events {
			switch {
			case err != nil:
				yield("", err)
				return
			case e.Name == failedName:
				yield("", &FailedError{Reason: e.Data})
				return
			case e.Name == "" && !yield(e.Data, nil):
				return
			}
		}
	}
}

// FailedError means that a run has ended before its sequence did. Clients receive
// an event "failed" with the Reason as its data, followed by the event "end".
type FailedError struct {
	// Reason is "stopped" after Topic.Stop, "unwatched" or "timeout" after a limit
	// of the RunOptions, "shutdown" after Broker.Shutdown, "lost" if the process of the
	// run has died or could not reach the Store for some time, and "failed" if the
	// sequence has yielded an error or panicked. That error is in the log only.
	Reason string
}

func (e *FailedError) Error() string { return "broker: run ended early: " + e.Reason }

// failedName is the name of the event before the end of a run that has failed.
const failedName = "failed"

// Reasons for the early end of a run.
var (
	endStopped   = &FailedError{"stopped"}
	endUnwatched = &FailedError{"unwatched"}
	endTimeout   = &FailedError{"timeout"}
	endShutdown  = &FailedError{"shutdown"}
	endFailed    = &FailedError{"failed"}
	endLost      = &FailedError{"lost"}
)

// fail ends the topic early.
func (t Topic) fail(ctx context.Context, e *FailedError) error {
	_, err := t.publish(ctx, sse.Event{Name: failedName, Data: e.Reason})
	if err == nil {
		err = t.End(ctx)
	}
	if errors.Is(err, ErrEnded) {
		return nil
	}
	return err
}
