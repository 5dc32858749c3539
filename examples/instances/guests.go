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

// guests is the list as one instance has it. Its fields would be variables of the
// package if the store were not opened while the program runs.
type guests struct {
	broker  broker.Broker
	topic   broker.Topic
	region  live.Region
	bucket  jetstream.KeyValue // stands for a database: what pages load must be common, too
	changed chan struct{}      // holds one thing: announce is to look at the list
	told    uint64             // the revision that this instance has published last
}

// A Guest has a key, by which the row of the list is known.
type Guest struct{ Key, Name string }

// open makes the bucket if there is none. Its one copy is the one that is read. Of
// several (Replicas), or of a database with replicas, the one must be asked that is
// written to: announce needs all that has been committed.
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
			http.Error(w, "The guest list cannot be reached. Before you try again, see whether you are on it.", http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

const (
	key      = "list"                 // of the whole list in the bucket
	most     = 100                    // guests on the list, since all of it is one event
	patience = 5 * time.Second        // with NATS, and the longest pause
	shortest = 100 * time.Millisecond // pause after an error
)

// add puts a guest on the list and has that announced, which it does not wait for.
func (g *guests) add(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer g.look() // after an error, too: the guest may be on the list all the same
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
		} // or somebody has changed the list since it was read
	}
}

func (g *guests) look() {
	select {
	case g.changed <- struct{}{}:
	default: // it is going to, and has not begun
	}
}

// announce publishes the list whenever it has changed, until ctx ends and what is
// left is published, or patience is over. It begins with the list as it is, of which
// an instance that was killed may have told nobody.
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

// tell publishes the whole list, and again until it is what has been published.
//
// Several machines have no lock to hold over a commit and its publication. Instead,
// whoever has changed the list reads it, publishes all of it and reads it again. So
// the last event holds the last list: whoever publishes an older one finds the newer
// one when reading again, and publishes that, unless it is committed only afterwards,
// by somebody who publishes it later still. Until then pages may show the older one.
//
// What is published is whole, so that doing it once more is harmless: that is done
// after any error, broker.ErrUnavailable too, when the event may be out or not.
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

// all is a load.
func (g *guests) all(ctx context.Context) ([]Guest, error) {
	all, _, err := g.read(ctx)
	return all, err
}
