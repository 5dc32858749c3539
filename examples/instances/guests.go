package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// guests is the list in one instance. Its fields would be package variables if
// the store were not opened at run time.
type guests struct {
	broker  broker.Broker
	topic   broker.Topic
	region  live.Region
	bucket  jetstream.KeyValue // stands for a database, which all instances must share
	changed chan struct{}      // capacity 1; wakes announce
	told    uint64             // the last revision that this instance has published
}

// A Guest has a key, which identifies its row in the list.
type Guest struct{ Key, Name string }

// open creates the bucket if it does not exist. The bucket has one copy, which
// serves all reads. With several copies (Replicas), or with a replicated
// database, reads must go to the copy that takes the writes: announce must see
// every commit.
func open(ctx context.Context, store *natsbroker.Store) (*guests, error) {
	js, err := jetstream.New(store.Conn())
	if err != nil {
		return nil, err
	}
	bucket, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "guests", MaxBytes: 1 << 20})
	if err != nil {
		return nil, fmt.Errorf("the bucket of the guests: %w", err)
	}
	g := &guests{broker: broker.Broker{Store: store}, bucket: bucket, changed: make(chan struct{}, 1)}
	g.topic = g.broker.Topic("guests")
	g.region = live.Region{Name: "guests", URL: "/guests/events", Position: g.topic.Position}
	return g, nil
}

func (g *guests) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return Page(g), nil
	}))
	mux.Handle("GET /guests/events", g.topic.Handler())
	mux.HandleFunc("POST /guests", func(w http.ResponseWriter, r *http.Request) {
		name := r.FormValue("name")
		if n := utf8.RuneCountInString(name); n == 0 || n > 40 {
			http.Error(w, "A name has 1 to 40 characters.", http.StatusBadRequest)
			return
		}
		if err := g.add(r.Context(), name); err != nil {
			slog.Error("a guest may not be on the list", slog.Any("error", err))
			http.Error(w, "The guest list cannot be reached. Check whether you are on it before you try again.", http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

const (
	key      = "list"                 // key of the whole list in the bucket
	most     = 100                    // guests on the list, since all of it is one event
	patience = 5 * time.Second        // longest wait for NATS, and longest pause
	shortest = 100 * time.Millisecond // pause after an error
)

// add adds a guest to the list and wakes announce. It does not wait for announce.
func (g *guests) add(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer g.look() // after an error, too: the guest may be on the list nevertheless
	guest := Guest{rand.Text(), name}
	for {
		all, revision, err := g.read(ctx)
		if err != nil {
			return err
		}
		all = append(all, guest)
		text, err := json.Marshal(all[max(0, len(all)-most):])
		if err != nil {
			return err
		}
		if _, err = g.bucket.Update(ctx, key, text, revision); !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
			return err
		} // another instance has changed the list since it was read
	}
}

func (g *guests) look() {
	select {
	case g.changed <- struct{}{}:
	default: // announce is awake already
	}
}

// announce publishes the list whenever it has changed, until ctx ends. It then
// publishes the last changes, for as long as patience. It begins by publishing
// the list, since an earlier instance may have been killed before it published.
func (g *guests) announce(ctx context.Context) {
	for wait := shortest; ctx.Err() == nil; {
		switch err := g.tell(ctx); {
		case err == nil:
			wait = shortest
			select {
			case <-g.changed:
			case <-ctx.Done():
			}
		case ctx.Err() == nil:
			slog.Warn("open pages do not show the list as it is", slog.Any("error", err), slog.Duration("wait", wait))
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
			wait = min(2*wait, patience)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := g.tell(ctx); err != nil {
		slog.Error("open pages may not show the list as it is", slog.Any("error", err))
	}
}

// tell publishes the whole list, and repeats that until the list has not changed
// meanwhile.
//
// Several machines have no common lock over a commit and its publication.
// Instead, an instance that has changed the list reads it, publishes all of it
// and reads it again. The last event therefore holds the last list. An instance
// that publishes an older list finds the newer one when it reads again, and
// publishes that. If the newer list is committed only afterwards, the instance
// that commits it publishes later still. Until then, pages may show the older
// list.
//
// The event holds the whole list, so publishing it again is harmless. announce
// does so after any error, including broker.ErrUnavailable, after which the event
// may or may not have been published.
func (g *guests) tell(ctx context.Context) error {
	for {
		all, revision, err := g.read(ctx)
		if err != nil || revision == g.told {
			return err
		}
		if _, err := g.topic.PublishComponent(ctx, g.region.ReplaceAll(g.Rows(all))); err != nil {
			return err
		}
		g.told = revision
	}
}

// read returns the list and its revision, 0 if there is none.
func (g *guests) read(ctx context.Context) (all []Guest, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	entry, err := g.bucket.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err == nil {
		revision = entry.Revision()
		err = json.Unmarshal(entry.Value(), &all)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("the list of guests: %w", err)
	}
	return all, revision, nil
}

// all is the load of the page.
func (g *guests) all(ctx context.Context) ([]Guest, error) {
	all, _, err := g.read(ctx)
	return all, err
}
