package broker

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Shutdown ends the broker. What has been published is sent, then each stream
// ends with a line that tells its client to come back after Stream.Retry, or 3 s,
// give or take a half, so that not all come back at once. It returns when the
// last subscriber has gone, or with the cause of ctx when that ends first: a
// client that does not read holds its handler until its write has taken too
// long, see sse.Options. Publish returns ErrClosed from now on.
//
// http.Server.Shutdown waits for streams and does not end them. So call this one
// first, or give it to http.Server.RegisterOnShutdown.
func (b *Broker) Shutdown(ctx context.Context) error {
	b.init()
	b.close()
	select {
	case <-b.drained:
	case <-ctx.Done():
		select {
		case <-b.drained:
		default:
			return fmt.Errorf("broker: subscribers are still there: %w", context.Cause(ctx))
		}
	}
	b.wakers.Wait()
	b.empty()
	return nil
}

// close ends the streams. Each event that Publish has returned an id for is
// there by then.
func (b *Broker) close() {
	b.mu.Lock()
	first := !b.closed.Swap(true)
	if first && b.subs == 0 {
		close(b.drained)
	}
	feeds := slices.Collect(maps.Values(b.feeds))
	b.mu.Unlock()
	if !first {
		return
	}
	for _, f := range feeds {
		f.settle()
	}
	close(b.shut)
	b.end()
}

// settle waits for who has begun to publish.
func (f *feed) settle() {
	f.publishing.Lock()
	defer f.publishing.Unlock()
}

// empty frees what is retained, when nobody is left to read it.
func (b *Broker) empty() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.feeds {
		f.mu.Lock()
		for len(f.ring.items) > 0 {
			f.ring.drop()
		}
		b.forget(f)
		f.mu.Unlock()
	}
}
