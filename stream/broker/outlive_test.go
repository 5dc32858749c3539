package broker_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// view renders as what templ generates does: not with a context that has ended.
func view(data string, meanwhile func(context.Context)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		meanwhile(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		_, err := io.WriteString(w, data)
		return err
	})
}

// TestPublishingOutlivesTheRequest has the ends of the request that a change that
// has been committed is published after.
func TestPublishingOutlivesTheRequest(t *testing.T) {
	for name, end := range map[string]struct {
		before, meanwhile func(ctx context.Context, leave func())
	}{
		"it is cancelled before":         {before: func(_ context.Context, leave func()) { leave() }},
		"it is cancelled meanwhile":      {meanwhile: func(_ context.Context, leave func()) { leave() }},
		"its deadline is over before":    {before: func(ctx context.Context, _ func()) { <-ctx.Done() }},
		"its deadline is over meanwhile": {meanwhile: func(ctx context.Context, _ func()) { <-ctx.Done() }},
	} {
		for kind, store := range map[string]broker.Store{"in memory": nil, "in a Store": &sharedStore{life: "one", feeds: map[string][]*broker.Feed{}}} {
			t.Run(name+", "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := &broker.Broker{Store: store}
					request, leave := context.WithTimeout(t.Context(), time.Second)
					defer leave()
					if end.before != nil {
						end.before(request, leave)
					}
					_, err := b.Topic("news").PublishComponent(request, view("x", func(context.Context) {
						if end.meanwhile != nil {
							end.meanwhile(request, leave)
						}
						synctest.Wait() // who has heard of the end has done what it does
					}))
					if err != nil || b.Stats().Published != 1 {
						t.Errorf("PublishComponent() = %v, %d events published, want one", err, b.Stats().Published)
					}
					if _, err := b.Topic("news").Publish(request, sse.Event{Data: "y"}); err != nil {
						t.Errorf("Publish() = %v, want nil", err)
					}
				})
			})
		}
	}
	t.Run("a view that hangs is given up all the same", func(t *testing.T) {
		for deadline, want := range map[time.Duration]time.Duration{0: 30 * time.Second, time.Second: 30 * time.Second, time.Minute: time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, deadline)
					defer cancel()
				}
				start := time.Now()
				_, err := new(broker.Broker).Topic("news").PublishComponent(ctx, view("x", func(ctx context.Context) { <-ctx.Done() }))
				if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != want {
					t.Errorf("PublishComponent() = %v after %v, want %v after %v", err, took, context.DeadlineExceeded, want)
				}
			})
		}
	})
	t.Run("what a handler has left running publishes after it has returned", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b broker.Broker
			sent := make(chan error)
			p := overPipes(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				go func() { // ends with the test, which waits for sent
					<-r.Context().Done()
					_, err := b.Topic("news").PublishComponent(r.Context(), view("x", func(context.Context) {}))
					sent <- err
				}()
			}))
			p.listen(t, "/")
			if err := <-sent; err != nil || b.Stats().Published != 1 {
				t.Errorf("PublishComponent() = %v, %d events published, want one", err, b.Stats().Published)
			}
		})
	})
}

// Many visitors commit changes and leave at any moment. A page that stays open
// receives each change.
func TestVisitorsWhoLeaveDoNotLeavePagesStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const visitors = 500
		var b broker.Broker
		topic := b.Topic("guests")
		lock := make(chan struct{}, 1) // a mutex would stop the time of the bubble
		committed := 0
		p := overPipes(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			lock <- struct{}{}
			defer func() { <-lock }()
			time.Sleep(rand.N(time.Millisecond)) // it is being committed
			committed++
			row := view(strconv.Itoa(committed), func(context.Context) { time.Sleep(rand.N(time.Millisecond)) })
			if _, err := topic.PublishComponent(r.Context(), row); err != nil {
				t.Errorf("PublishComponent() = %v, want nil", err)
			}
		}))
		position, err := topic.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range visitors {
			all.Go(func() { p.leaveAfter(rand.N(time.Second / 2)) })
		}
		all.Wait()
		time.Sleep(time.Second) // the last handlers commit
		n := 0
		for e, err := range topic.Subscribe(t.Context(), position) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; e.Data != strconv.Itoa(n) {
				t.Fatalf("event %d says %q", n, e.Data)
			}
			if n == committed {
				break
			}
		}
		if got := b.Stats().Published; got != uint64(committed) {
			t.Errorf("%d committed, %d published", committed, got)
		}
	})
}

// A slowStore answers as soon as it is back.
type slowStore struct {
	*sharedStore
	back     chan struct{}
	appended context.Context // that of the last Append
}

func (s *slowStore) Append(ctx context.Context, topic string, e sse.Event) (broker.Mark, error) {
	s.appended = ctx
	select {
	case <-s.back:
		return s.sharedStore.Append(ctx, topic, e)
	case <-ctx.Done():
		return broker.Mark{}, context.Cause(ctx)
	}
}

// TestPublishingOutlivesTheRequestWhileTheStoreIsAway has requests that are given
// up while the store does not answer.
func TestPublishingOutlivesTheRequestWhileTheStoreIsAway(t *testing.T) {
	for _, c := range []struct {
		name     string
		deadline time.Duration // of the request; 0: none
		back     time.Duration // when the store is
		want     error
		after    time.Duration
	}{
		{"it is back in time", 0, 3 * time.Second, nil, 3 * time.Second},
		{"it is back within the deadline", time.Minute, 30 * time.Second, nil, 30 * time.Second},
		{"it stays away", 0, time.Hour, broker.ErrUnavailable, 5 * time.Second},
		{"it stays away beyond the deadline", 2 * time.Second, time.Hour, broker.ErrUnavailable, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &slowStore{&sharedStore{life: "one", feeds: map[string][]*broker.Feed{}}, make(chan struct{}), nil}
				b := &broker.Broker{Store: l}
				ctx := context.WithValue(t.Context(), key{}, "trace")
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				ctx, leave := context.WithCancel(ctx)
				time.AfterFunc(time.Second, leave)
				back := time.AfterFunc(c.back, func() { close(l.back) })
				defer back.Stop()
				start := time.Now()
				_, err := b.Topic("news").Publish(ctx, sse.Event{Data: "x"})
				if took := time.Since(start); !errors.Is(err, c.want) || took != c.after {
					t.Errorf("Publish() = %v after %v, want %v after %v", err, took, c.want, c.after)
				}
				if got := l.appended.Value(key{}); got != "trace" {
					t.Errorf("Append sees the value %v, want that of Publish", got)
				}
			})
		})
	}
}
