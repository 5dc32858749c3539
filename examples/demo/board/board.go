// Package board is a page that goes on changing: who is on the site, what is
// asked of it, and a guest list that anyone can write to, shown on every page
// that is open by one Server-Sent Events connection each.
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
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// Source is what the page at /source/board shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// A Board is what all open pages show. Make one with [Open] or [Join].
type Board struct {
	broker  broker.Broker
	book    book
	traffic traffic
	limit   limit
	since   time.Time // in whole seconds of UTC: the same when it comes back from NATS

	// The parts of the page that change. They have one address, so a page has
	// one connection.
	figures, visits, list live.Region

	stop  context.CancelFunc
	ended chan struct{} // closed when nothing is published any more
}

// Open makes the board of a program that is the only one. Its guests are kept in
// file, which need not be there yet. It publishes figures until [Board.Shutdown].
func Open(file string) (*Board, error) {
	book, err := openAlone(file)
	if err != nil {
		return nil, err
	}
	return start(book, nil), nil
}

// Join makes a board that is the same for all programs whose logs are on the same
// NATS server: the guests are there, and all events go through it, so that a page
// is served by any of them. The caller closes store after [Board.Close].
func Join(ctx context.Context, store *natsbroker.Store) (*Board, error) {
	book, err := openTogether(ctx, store.Conn())
	if err != nil {
		return nil, err
	}
	return start(book, store), nil
}

// start makes a board of a book. A nil store keeps its events in this process.
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
	region := func(name string) live.Region {
		return live.Region{Name: name, URL: "/board/events", Position: b.topic().Position}
	}
	b.figures, b.visits, b.list = region("figures"), region("visits"), region("guests")
	go b.beat(ctx) // Shutdown waits for it
	return b
}

// Register adds the page to mux. It is sent by rd.
func Register(mux *http.ServeMux, rd stream.Renderer, b *Board) {
	page := rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return Page(b, entry{}), nil
	})
	mux.Handle("GET /board", page)
	mux.Handle("POST /board", http.NewCrossOriginProtection().Handler(rd.Handler(b.sign)))
	mux.Handle("GET /board/events", b.topic().Handler())
	mux.Handle("GET /board/style.css", layout.Sheet(style))
}

// Shutdown ends the streams of all open pages and tells them to come back. It
// returns when the last has gone, or with the cause of ctx when that ends first.
// Call it before that of the server, which waits for the streams, and Close after
// that.
func (b *Board) Shutdown(ctx context.Context) error {
	b.stop()
	<-b.ended
	return b.broker.Shutdown(ctx)
}

// Close ends the board, which no request may use any more.
func (b *Board) Close() error { return b.book.leave() }

// topic is what all pages subscribe to.
func (b *Board) topic() broker.Topic { return b.broker.Topic("board") }

// Report is what this instance counts.
func (b *Board) Report() Report {
	f := b.traffic.figures(time.Now())
	f.Boards = b.broker.Stats().Subscribers
	f.Since = b.since
	return Report{f, b.traffic.visits()}
}

// all is what all instances count.
func (b *Board) all(ctx context.Context) (Report, error) {
	reports, err := b.book.exchange(ctx, b.Report())
	return sum(reports), err
}

// beat publishes what has changed, once a second.
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

// patience is how long NATS may take for an answer, and for a round of them, which
// Shutdown waits for. What does not succeed the next round does, of any instance.
const patience = 2 * time.Second

// round publishes what is not known yet and returns what is then.
func (b *Board) round(ctx context.Context, known Report) Report {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = b.tell(ctx) // or the next round does
	now, err := b.all(ctx)
	if err != nil || now.Figures.Boards == 0 {
		return Report{} // whoever comes is told what there is then
	}
	if now.Figures != known.Figures {
		_, _ = b.topic().PublishComponent(ctx, b.figures.ReplaceAll(FiguresView(now.Figures)))
	}
	if !slices.EqualFunc(now.Visits, known.Visits, Visit.equal) {
		_, _ = b.topic().PublishComponent(ctx, b.visits.ReplaceAll(VisitsView(now.Visits)))
	}
	return now
}
