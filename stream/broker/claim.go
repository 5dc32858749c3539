package broker

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A key starts one run, in whichever process. The first event of the topic of the key
// names the run. It is added on the condition that there is no event, so that one
// process wins, and the others read which run it is. The process of the run adds the
// same event again before the Store drops it.

// keyTopic returns the topic of a key. It does not reveal the key.
func keyTopic(key string) string {
	sum := sha256.Sum256([]byte(key))
	return ownPrefix + "key." + epochEncoding.EncodeToString(sum[:])
}

// claimAgain is the pause after a claim that nobody has won.
const claimAgain = 20 * time.Millisecond

// begin adds the first event to the topic of a run, which no subscriber receives, and
// gives the run its position. So a topic whose run is known has an event.
func (r *run) begin(ctx context.Context) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	first := sse.Event{Name: beginName}
	m, added, err := r.b.Store.AppendAfter(ctx, r.Topic, 0, first)
	if err == nil && !added { // the answer to an attempt was lost
		m, err = r.b.Store.Append(ctx, r.Topic, first)
	}
	if err != nil {
		return err
	}
	r.b.learn(m)
	r.Position = makeID(epoch(m.Life, r.Topic), m.Number-1)
	return nil
}

// beginName is the name of the first event of a run in a Store. Feeds ignore events
// with a reserved name.
const beginName = "open"

// join begins the run in the Store, if there is one, and claims its key. It returns the
// run that has the key. After an error, known reports whether other processes may know
// the run nevertheless.
func (r *run) join(ctx context.Context) (won Run, known bool, err error) {
	if r.b.Store == nil {
		return r.Run, true, nil
	}
	if err := r.begin(ctx); err != nil {
		return Run{}, false, err
	}
	if r.key == "" {
		return r.Run, true, nil
	}
	won, err = r.claim(ctx)
	return won, true, err
}

// claim claims the key of the run. It returns the run that has it.
func (r *run) claim(ctx context.Context) (Run, error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	for {
		m, added, err := r.b.Store.AppendAfter(ctx, keyTopic(r.key), 0, r.claimEvent())
		if err != nil {
			return Run{}, err
		}
		if added {
			r.claimed(m.Number)
			return r.Run, nil
		}
		first, number, err := r.b.claimant(ctx, r.key)
		switch {
		case err != nil:
			return Run{}, err
		case number > 0:
			if first == r.Run { // the answer to an attempt was lost
				r.claimed(number)
			}
			return first, nil
		}
		select { // the event has just expired, or is just being added
		case <-time.After(claimAgain):
		case <-ctx.Done():
			return Run{}, ErrUnavailable
		}
	}
}

func (r *run) claimEvent() sse.Event {
	return sse.Event{Data: r.Topic + " " + r.Position}
}

// claimant returns the run that has a key, and the number of the event that says so. It
// is zero if no run has it.
func (b *Broker) claimant(ctx context.Context, key string) (first Run, number uint64, err error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	v := b.view(ctx, keyTopic(key), 1)
	defer v.close()
	for {
		s := v.look()
		if !s.since.IsZero() {
			first.Topic, first.Position, _ = strings.Cut(s.data, " ")
			return first, s.number, nil
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			return Run{}, 0, context.Cause(ctx)
		}
	}
}

// elsewhere returns the run that has a key, or ErrRuns.
func (b *Broker) elsewhere(ctx context.Context, key string) (Run, error) {
	b.mu.Lock()
	if b.closed.Load() {
		b.mu.Unlock()
		return Run{}, ErrClosed
	}
	b.followers.Add(1)
	b.mu.Unlock()
	defer b.followers.Done()
	first, number, err := b.claimant(ctx, key)
	if err != nil || number == 0 {
		return Run{}, ErrRuns
	}
	return first, nil
}

// claimed notes the number of the event by which the run has its key.
func (r *run) claimed(number uint64) {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	r.number, r.renewed = number, time.Now()
}

// renewClaims renews the claims of the runs of this process.
func (b *Broker) renewClaims(ctx context.Context) {
	b.mu.Lock()
	var due []*run
	for _, r := range b.runs {
		if age := b.retention().Age; r.number > 0 && age > 0 && time.Since(r.renewed) > age/4 {
			due = append(due, r)
		}
	}
	b.mu.Unlock()
	for _, r := range due {
		if err := r.renew(ctx); errors.Is(err, ErrUnavailable) {
			return
		}
	}
}

// renew renews the claim of a run, if it has its key. A run that has lost its key,
// since the Store was out of reach for longer than it keeps events, goes on without it.
func (r *run) renew(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	r.b.mu.Lock()
	number := r.number
	r.b.mu.Unlock()
	if number == 0 {
		return nil
	}
	m, added, err := r.b.Store.AppendAfter(ctx, keyTopic(r.key), number, r.claimEvent())
	switch {
	case err != nil:
		return err
	case added:
		r.claimed(m.Number)
		return nil
	}
	first, number, err := r.b.claimant(ctx, r.key)
	if err != nil {
		return err
	}
	if first != r.Run {
		number = 0
	}
	r.claimed(number)
	return nil
}
