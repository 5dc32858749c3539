package conformance

import (
	"context"
	"sync"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Cut may be in the way of a process to its Store. The zero value is not.
type Cut struct {
	mu   sync.Mutex
	back chan struct{} // closed when the Store is back; nil if it is not out of reach
}

// Off puts the Store out of reach.
func (c *Cut) Off() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.back = make(chan struct{})
}

// Mend ends Off.
func (c *Cut) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.back != nil {
		close(c.back)
		c.back = nil
	}
}

// IsOff reports whether the Store is out of reach.
func (c *Cut) IsOff() bool { return c.until() != nil }

func (c *Cut) until() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.back
}

// Away waits while the Store is out of reach. It reports whether ctx has ended
// meanwhile.
func (c *Cut) Away(ctx context.Context) bool {
	back := c.until()
	if back == nil {
		return false
	}
	select {
	case <-back:
		return false
	case <-ctx.Done():
		return true
	}
}

// A cuttable is a Store that can be cut off from its process. Without one that
// returns, the process is as good as killed.
type cuttable struct {
	broker.Store
	Cut
}

// do calls f when there is no cut.
func (c *cuttable) do(ctx context.Context, f func() error) error {
	if c.Away(ctx) {
		return broker.ErrUnavailable
	}
	return f()
}

func (c *cuttable) Append(ctx context.Context, topic string, e sse.Event) (m broker.Mark, err error) {
	err = c.do(ctx, func() error { m, err = c.Store.Append(ctx, topic, e); return err })
	return m, err
}

func (c *cuttable) AppendAfter(ctx context.Context, topic string, last uint64, e sse.Event) (m broker.Mark, added bool, err error) {
	err = c.do(ctx, func() error { m, added, err = c.Store.AppendAfter(ctx, topic, last, e); return err })
	return m, added, err
}

func (c *cuttable) End(ctx context.Context, topic string) (m broker.Mark, err error) {
	err = c.do(ctx, func() error { m, err = c.Store.End(ctx, topic); return err })
	return m, err
}

func (c *cuttable) Last(ctx context.Context) (m broker.Mark, err error) {
	err = c.do(ctx, func() error { m, err = c.Store.Last(ctx); return err })
	return m, err
}
