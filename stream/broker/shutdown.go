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
// long, see sse.Options.
//
// Publish returns ErrClosed from now on. With a Store it does not, until the Store is
// closed: a handler that is still at work tells other processes, and those who
// come back.
//
// http.Server.Shutdown waits for streams and does not end them. So call this one
// first, or give it to http.Server.RegisterOnShutdown.
func (b *Broker) Shutdown(ctx context.Context) error {
	b.init()
	b.close(ctx)
	select {
	case <-b.drained:
	case <-ctx.Done():
		select {
		case <-b.drained:
		default:
			return fmt.Errorf("broker: subscribers are still there: %w", context.Cause(ctx))
		}
	}
	b.followers.Wait() // their feeds went with their last subscribers
	b.wakers.Wait()
	b.empty()
	return nil
}

// close ends the streams. Each event that Publish has returned an id for is
// there by then, or in the Store.
func (b *Broker) close(ctx context.Context) {
	b.mu.Lock()
	first := !b.closed.Swap(true)
	if first && b.subs == 0 {
		close(b.drained)
	}
	if first && b.appending == 0 {
		close(b.appended)
	}
	feeds := slices.Collect(maps.Values(b.feeds))
	b.mu.Unlock()
	if !first {
		return
	}
	if b.Store != nil {
		b.catchUp(ctx, feeds)
	}
	for _, f := range feeds {
		f.rest()
	}
	close(b.shut)
	b.end()
}

// catchUp waits until subscribers have what this process has published to the
// Store. Should it not come in time, they are sent it where they come back.
func (b *Broker) catchUp(ctx context.Context, feeds []*Feed) {
	ctx, cancel := context.WithTimeout(ctx, unavailableAfter)
	defer cancel()
	select {
	case <-b.appended:
	case <-ctx.Done():
	}
	for _, f := range feeds {
		f.await(ctx)
	}
}

// rest waits for who has begun to publish.
func (f *Feed) rest() {
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
