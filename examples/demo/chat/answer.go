package chat

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// An Answer is an answer in the page itself. Its methods are the loads of two
// boundaries: the text, and below it a summary when the text has ended. The text
// comes from the topic that the run writes, so that each page that shows the answer
// has all of it.
type Answer struct {
	manner
	*tally
}

// A tally counts the text of an answer, for one page.
type tally struct {
	chat  *Chat
	run   broker.Run
	over  chan struct{} // closed when the other fields are final
	words int
	err   error
}

// Text yields the answer: what has come already, and what still comes.
func (t *tally) Text(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		defer close(t.over)
		for s, err := range t.chat.answers.Topic(t.run.Topic).Data(ctx, t.run.Position) {
			if t.err = err; err != nil {
				if t.summary() == "" {
					yield("", fmt.Errorf("%s: %w", t.run.Topic, err))
				}
				return
			}
			t.words += len(strings.Fields(s))
			if !yield(s, nil) {
				return
			}
		}
	}
}

// End waits for the end of the text and returns the summary.
func (t *tally) End(ctx context.Context) (string, error) {
	select {
	case <-t.over:
		return t.summary(), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// summary is empty if the boundary of the text shows an error.
func (t *tally) summary() string {
	var failed *broker.FailedError
	switch {
	case t.err == nil:
		return counted(t.words)
	case errors.Is(t.err, broker.ErrGap):
		return "This answer is no longer kept. Ask again."
	case !errors.As(t.err, &failed):
		return ""
	case failed.Reason == "lost":
		return "The answer broke off after " + counted(t.words) + ". Ask again."
	case failed.Reason == "stopped":
		return "Stopped after " + counted(t.words)
	case failed.Reason == "unwatched":
		return "Stopped after " + counted(t.words) + ", since nobody was watching"
	}
	return ""
}

func counted(words int) string {
	if words == 1 {
		return "1 word"
	}
	return fmt.Sprintf("%d words", words)
}

// tooLong reports whether an answer has ended because of a time limit: that of its
// run, or that of the page if the store of the run is out of reach.
func tooLong(err error) bool {
	var failed *broker.FailedError
	return errors.Is(err, stream.ErrTimeout) || errors.As(err, &failed) && failed.Reason == "timeout"
}

// ask yields the answer to q piece by piece.
func (e *Endpoint) ask(ctx context.Context, q Question) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		req, err := e.request(ctx, q)
		if err != nil {
			yield("", err)
			return
		}
		resp, err := e.client().Do(req)
		if err != nil {
			yield("", err)
			return
		}
		defer resp.Body.Close()
		if err := llm.Check(resp); err != nil {
			yield("", err)
			return
		}
		for s, err := range llm.Text(resp.Body) {
			if errors.Is(err, llm.ErrLength) {
				return // the demo has set the limit
			}
			if !yield(s, err) {
				return
			}
		}
	}
}
