//go:build nats

package board

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

// Join makes a board that several programs share. Their stores are on the same
// NATS server, which keeps the guests and all events, so that any of the programs
// serves a page. The caller closes store after [Board.Close].
func Join(ctx context.Context, store *natsbroker.Store) (*Board, error) {
	book, err := openTogether(ctx, store.Conn())
	if err != nil {
		return nil, err
	}
	return start(book, store), nil
}

// together is the book of several instances. NATS keeps it in two key-value
// buckets.
type together struct {
	js     jetstream.JetStream
	list   jetstream.KeyValue // the whole list under key, so that one write adds one guest
	counts jetstream.KeyValue // the report of each instance
	own    string             // name of this instance
}

// key is the key of the list in its bucket.
const key = "list"

// silent is the time after which an instance that reports nothing is no longer
// counted.
const silent = 5 * time.Second

// openTogether opens the buckets, and creates those that do not exist.
func openTogether(ctx context.Context, conn *nats.Conn) (*together, error) {
	t := &together{own: rand.Text()}
	var err error
	if t.js, err = jetstream.New(conn); err != nil {
		return nil, err
	}
	if t.list, err = t.bucket(ctx, listBucket); err != nil {
		return nil, err
	}
	if t.counts, err = t.bucket(ctx, countsBucket); err != nil {
		return nil, err
	}
	return t, nil
}

// The buckets.
var (
	listBucket   = jetstream.KeyValueConfig{Bucket: "board-guests", MaxBytes: 1 << 20}
	countsBucket = jetstream.KeyValueConfig{Bucket: "board-instances", MaxBytes: 1 << 20, TTL: silent}
)

func (t *together) bucket(ctx context.Context, c jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	kv, err := t.js.CreateOrUpdateKeyValue(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("board: the bucket %s: %w", c.Bucket, err)
	}
	return kv, nil
}

// restore creates a bucket again if err says that it was deleted. The new bucket
// is empty.
func (t *together) restore(ctx context.Context, c jetstream.KeyValueConfig, err error) {
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) {
		_, _ = t.bucket(ctx, c) // the next call repeats it after an error
	}
}

func (t *together) guests(ctx context.Context) (list, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, _, err := t.read(ctx)
	return l, err
}

func (t *together) sign(ctx context.Context, g Guest) error {
	return t.change(ctx, func(l list) list { return l.with(g) })
}

func (t *together) told(ctx context.Context, number int) error {
	return t.change(ctx, func(l list) list { return l.through(number) })
}

// read returns the list and its revision, 0 if there is none.
func (t *together) read(ctx context.Context) (l list, revision uint64, err error) {
	entry, err := t.list.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return list{}, 0, nil
	}
	if err == nil {
		revision = entry.Revision()
		err = json.Unmarshal(entry.Value(), &l)
	}
	if err != nil {
		t.restore(ctx, listBucket, err)
		return list{}, 0, fmt.Errorf("board: the guests: %w", err)
	}
	return l, revision, nil
}

// change replaces the list by the result of f. If another instance has changed
// the list meanwhile, change reads it and tries again.
func (t *together) change(ctx context.Context, f func(list) list) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		l, revision, err := t.read(ctx)
		if err != nil {
			return err
		}
		text, err := json.Marshal(f(l))
		if err != nil {
			return err
		}
		if revision > 0 {
			_, err = t.list.Update(ctx, key, text, revision)
		} else {
			_, err = t.list.Create(ctx, key, text) // works after a deletion, too
		}
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, jetstream.ErrKeyRevisionMismatch) && !errors.Is(err, jetstream.ErrKeyExists):
			return fmt.Errorf("board: the guests: %w", err)
		}
	}
}

func (t *together) exchange(ctx context.Context, own Report) ([]Report, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	if _, err := t.counts.Put(ctx, t.own, text); err != nil {
		t.restore(ctx, countsBucket, err)
		return nil, fmt.Errorf("board: the instances: %w", err)
	}
	all, err := t.counts.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("board: the instances: %w", err)
	}
	defer func() { _ = all.Stop() }() // fails if the watch has ended already
	var reports []Report
	for {
		select {
		case entry, ok := <-all.Updates():
			if !ok {
				return nil, errors.New("board: the instances: connection to NATS lost")
			}
			if entry == nil { // all reports have been received
				return reports, nil
			}
			var r Report
			if json.Unmarshal(entry.Value(), &r) == nil { // otherwise it is not a report
				reports = append(reports, r)
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("board: the instances: %w", context.Cause(ctx))
		}
	}
}

func (t *together) leave() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return t.counts.Delete(ctx, t.own)
}
