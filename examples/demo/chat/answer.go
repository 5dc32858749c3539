package chat

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// An Answer is an answer in the page itself. Its methods are the loads of two
// boundaries: the text, and below it a summary when the text has ended.
type Answer struct {
	manner
	*tally
}

// A tally counts the text of an answer.
type tally struct {
	chat     *chat
	question Question
	over     chan struct{} // closed when the other fields are final
	words    int
	took     time.Duration
	failed   bool
}

// errBusy is the error of an answer when too many are running.
var errBusy = errors.New("too many answers at once")

// Text asks the model and yields its answer. When the visitor leaves, ctx ends,
// and with it the request to the model.
func (t *tally) Text(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		defer close(t.over)
		t.failed = true
		leave, ok := t.chat.room.enter()
		if !ok {
			yield("", errBusy)
			return
		}
		defer leave()
		start := time.Now()
		for s, err := range t.chat.model.ask(ctx, t.question) {
			if !yield(s, err) || err != nil {
				return
			}
			t.words += len(strings.Fields(s))
		}
		t.failed, t.took = false, time.Since(start)
	}
}

// End waits for the end of the text and returns the summary.
func (t *tally) End(ctx context.Context) (string, error) {
	select {
	case <-t.over:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if t.failed {
		return "", nil // the boundary of the text shows the error
	}
	return fmt.Sprintf("%d words in %v", t.words, t.took.Round(time.Millisecond)), nil
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

// A room limits the answers that run at once to its capacity.
type room chan struct{}

// enter takes a place, if there is one, until leave is called.
func (r room) enter() (leave func(), ok bool) {
	select {
	case r <- struct{}{}:
		return func() { <-r }, true
	default:
		return nil, false
	}
}
