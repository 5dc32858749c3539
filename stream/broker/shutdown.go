package broker

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Shutdown ends the broker. Each stream sends the events that have been published
// and ends. Its last line tells the client to reconnect after about Stream.Retry
// (3 s if zero), varied at random by up to half, so that not all clients
// reconnect at once. Shutdown returns when the last subscriber has left, or
// returns an error with the cause of ctx when ctx ends first. A client that does
// not read delays Shutdown until its write times out: see sse.Options.
//
// Before that, Shutdown ends the runs of Start and waits until their topics have
// ended.
//
// Publish returns ErrClosed from now on. With a Store, Publish works until the
// Store is closed: handlers that are still running can reach other processes, and
// clients that reconnect.
//
// http.Server.Shutdown waits for streams and does not end them. Call
// Broker.Shutdown first, or pass it to http.Server.RegisterOnShutdown.
func (b *Broker) Shutdown(ctx context.Context) error {
	b.init()
	err := b.stopRuns(ctx)
	b.close(ctx)
	if err != nil {
		return fmt.Errorf("broker: runs still going on: %w", err)
	}
	if err := await(ctx, b.drained); err != nil {
		return fmt.Errorf("broker: subscribers still connected: %w", err)
	}
	b.followers.Wait() // each has ended with the last subscriber of its feed
	b.couriers.Wait()
	b.empty()
	return nil
}

// await waits until done is closed. If ctx ends before that, await returns its cause.
func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
	case <-ctx.Done():
		select {
		case <-done:
		default:
			return context.Cause(ctx)
		}
	}
	return nil
}

// close ends the streams. Before that, each event for which Publish has returned
// an id is in its feed or in the Store.
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
	b.cancel()
}

// catchUp waits until the feeds have received what this process has published to
// the Store. Events that do not arrive in time reach the clients when they
// reconnect.
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

// rest waits for a call of publish that has begun.
func (f *Feed) rest() {
	f.publishing.Lock()
	defer f.publishing.Unlock()
}

// empty frees the retained events after the last subscriber has left.
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
