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
)

// together is the book of several instances, kept by NATS in two buckets of keys
// and values.
type together struct {
	list    jetstream.KeyValue // "guests": all of them, so that one write is one guest more
	counts  jetstream.KeyValue // by instance: its report
	own     string             // this instance
	waiting time.Duration      // for an answer
}

// silent is when an instance of which nothing is heard is no longer counted.
const silent = 5 * time.Second

// openTogether opens the buckets, which are made if they are not there.
func openTogether(ctx context.Context, conn *nats.Conn) (*together, error) {
	t := &together{own: rand.Text(), waiting: 2 * time.Second}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	bucket := func(name string, ttl time.Duration) jetstream.KeyValue {
		if err != nil {
			return nil
		}
		var kv jetstream.KeyValue
		if kv, err = js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: name, TTL: ttl, MaxBytes: 1 << 20}); err != nil {
			err = fmt.Errorf("board: the bucket %s: %w", name, err)
		}
		return kv
	}
	t.list = bucket("board-guests", 0)
	t.counts = bucket("board-instances", silent)
	return t, err
}

func (t *together) guests(ctx context.Context) ([]Guest, error) {
	list, _, err := t.read(ctx)
	return list, err
}

// read returns the guests and the revision of the list, 0 if there is none yet.
func (t *together) read(ctx context.Context) (list []Guest, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, t.waiting)
	defer cancel()
	entry, err := t.list.Get(ctx, "guests")
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err == nil {
		revision = entry.Revision()
		err = json.Unmarshal(entry.Value(), &list)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("board: the guests: %w", err)
	}
	return list, revision, nil
}

// sign writes the list if it is still the one that was read, and else reads it
// again: somebody has signed on another instance.
func (t *together) sign(ctx context.Context, g Guest) (int, error) {
	for {
		list, revision, err := t.read(ctx)
		if err != nil {
			return 0, err
		}
		list = with(list, g)
		text, err := json.Marshal(list)
		if err != nil {
			return 0, err
		}
		if err = t.write(ctx, text, revision); err == nil {
			return list[0].Number, nil
		}
		if !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
			return 0, fmt.Errorf("board: the guests: %w", err)
		}
	}
}

func (t *together) write(ctx context.Context, text []byte, revision uint64) error {
	ctx, cancel := context.WithTimeout(ctx, t.waiting)
	defer cancel()
	_, err := t.list.Update(ctx, "guests", text, revision)
	return err
}

func (t *together) exchange(ctx context.Context, own Report) ([]Report, error) {
	ctx, cancel := context.WithTimeout(ctx, t.waiting)
	defer cancel()
	text, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	if _, err := t.counts.Put(ctx, t.own, text); err != nil {
		return nil, fmt.Errorf("board: the instances: %w", err)
	}
	all, err := t.counts.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("board: the instances: %w", err)
	}
	defer func() { _ = all.Stop() }() // which fails if there is nothing to be stopped any more
	var reports []Report
	for {
		select {
		case entry, ok := <-all.Updates():
			if !ok {
				return nil, errors.New("board: the instances: the connection to NATS is lost")
			}
			if entry == nil { // that was all there is
				return reports, nil
			}
			var r Report
			if err := json.Unmarshal(entry.Value(), &r); err != nil {
				return nil, fmt.Errorf("board: the instances: %w", err)
			}
			reports = append(reports, r)
		case <-ctx.Done():
			return nil, fmt.Errorf("board: the instances: %w", context.Cause(ctx))
		}
	}
}

// leave takes back what this instance has told.
func (t *together) leave() error {
	ctx, cancel := context.WithTimeout(context.Background(), t.waiting)
	defer cancel()
	return t.counts.Delete(ctx, t.own)
}
