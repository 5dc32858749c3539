// Package board is a page that keeps changing: the visitors of the site, the
// requests to it, and a guest list that anyone can sign. Each open page receives
// the changes over one connection of Server-Sent Events.
package board

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// Source is what the page at /source/board shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// A Board is the shared state of all open pages. Make one with [Open] or, in a build
// with the tag nats, with Join.
type Board struct {
	broker  broker.Broker
	book    book
	traffic traffic
	limit   limit
	since   time.Time // in whole seconds of UTC, so that NATS returns the same value

	// The parts of the page that change. They share one address, so a page has
	// one connection.
	figures, visits, list live.Region

	stop  context.CancelFunc
	ended chan struct{} // closed after the last event has been published
}

// Open makes the board of a single program. It keeps its guests in file, which
// need not exist. It publishes figures until [Board.Shutdown].
func Open(file string) (*Board, error) {
	book, err := openAlone(file)
	if err != nil {
		return nil, err
	}
	return start(book, nil), nil
}

// start makes a board with a book. With a nil store, the board keeps its events
// in this process.
func start(book book, store broker.Store) *Board {
	ctx, stop := context.WithCancel(context.Background())
	b := &Board{
		broker: broker.Broker{
			Store:  store,
			Limits: broker.Limits{Subscribers: 1000},
			Stream: sse.Options{Retry: time.Second},
		},
		book:  book,
		since: time.Now().UTC().Truncate(time.Second),
		stop:  stop,
		ended: make(chan struct{}),
	}
	region := func(name string, limit int) live.Region {
		return live.Region{Name: name, URL: "/board/events", Position: b.topic().Position, Limit: limit}
	}
	b.figures, b.visits, b.list = region("figures", 0), region("visits", latest), region("guests", 0)
	go b.beat(ctx) // Shutdown waits for it
	return b
}

// Register adds the page to mux. rd sends it.
func Register(mux *http.ServeMux, rd stream.Renderer, b *Board) {
	page := rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return Page(b, entry{}), nil
	})
	mux.Handle("GET /board", page)
	mux.Handle("POST /board", http.NewCrossOriginProtection().Handler(rd.Handler(b.sign)))
	mux.Handle("GET /board/events", b.topic().Handler())
	mux.Handle("GET /board/style.css", layout.Sheet(style))
}

// Shutdown ends the streams of all open pages and tells them to reconnect. It
// returns when the last one has ended, or with the cause of ctx. Call it before
// Shutdown of the server, which waits for the streams, and call Close after both.
func (b *Board) Shutdown(ctx context.Context) error {
	b.stop()
	<-b.ended
	return b.broker.Shutdown(ctx)
}

// Close closes the board. No request may use it any more.
func (b *Board) Close() error { return b.book.leave() }

// Store returns the store that the board shares with other programs, or nil.
func (b *Board) Store() broker.Store { return b.broker.Store }

// topic is the topic to which all pages subscribe.
func (b *Board) topic() broker.Topic { return b.broker.Topic("board") }

// Report returns the counts of this instance.
func (b *Board) Report() Report {
	f := b.traffic.figures(time.Now())
	f.Boards = b.broker.Stats().Subscribers
	f.Since = b.since
	return Report{f, b.traffic.visits()}
}

// all is the sum of the reports of all instances.
func (b *Board) all(ctx context.Context) (Report, error) {
	reports, err := b.book.exchange(ctx, b.Report())
	return sum(reports), err
}

// beat publishes the changes once a second.
func (b *Board) beat(ctx context.Context) {
	defer close(b.ended)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var known Report
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		known = b.round(ctx, known)
	}
}

// patience limits the wait for an answer of NATS, and for a round, which Shutdown
// waits for. The next round of any instance repeats what has failed.
const patience = 2 * time.Second

// round publishes what has changed since last, and returns the new state.
func (b *Board) round(ctx context.Context, known Report) Report {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = b.tell(ctx) // the next round repeats it after an error
	now, err := b.all(ctx)
	if err != nil || now.Figures.Boards == 0 {
		return Report{} // a page that loads reads the state itself
	}
	if now.Figures != known.Figures {
		_, _ = b.topic().PublishComponent(ctx, b.figures.ReplaceAll(FiguresView(now.Figures)))
	}
	if !slices.EqualFunc(now.Visits, known.Visits, Visit.equal) {
		_, _ = b.topic().PublishComponent(ctx, b.turn(known.Visits, now.Visits))
	}
	return now
}
