// Package board is a page that goes on changing: who is on the site, what is
// asked of it, and a guest list that anyone can write to, shown on every page
// that is open by one Server-Sent Events connection each.
package board

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense"
)

// Source is what the page at /source/board shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// A Board is what all open pages show. Make one with [Open].
type Board struct {
	broker  broker.Broker
	guests  *guests
	traffic traffic
	limit   limit
	since   time.Time

	// The parts of the page that change. They have one address, so a page has
	// one connection.
	figures, visits, list suspense.Region

	stop  context.CancelFunc
	ended chan struct{} // closed when nothing is published any more
}

// Open makes a board whose guests are kept in file, which need not be there yet.
// It publishes figures until [Board.Shutdown].
func Open(file string) (*Board, error) {
	g, err := openGuests(file)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &Board{
		broker: broker.Broker{
			Limits: broker.Limits{Subscribers: 1000},
			Stream: sse.Options{Retry: time.Second},
		},
		guests: g,
		since:  time.Now(),
		stop:   stop,
		ended:  make(chan struct{}),
	}
	region := func(name string) suspense.Region {
		return suspense.Region{Name: name, URL: "/board/events", Position: b.topic().Position}
	}
	b.figures, b.visits, b.list = region("figures"), region("visits"), region("guests")
	go b.beat(ctx) // Shutdown waits for it
	return b, nil
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
// Call it before that of the server, which waits for the streams.
func (b *Board) Shutdown(ctx context.Context) error {
	b.stop()
	<-b.ended
	return b.broker.Shutdown(ctx)
}

// topic is what all pages subscribe to.
func (b *Board) topic() broker.Topic { return b.broker.Topic("board") }

// beat publishes what has changed, once a second.
func (b *Board) beat(ctx context.Context) {
	defer close(b.ended)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var figures Figures
	var visits []Visit
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if b.broker.Stats().Subscribers == 0 {
			figures, visits = Figures{}, nil // whoever comes is told what there is then
			continue
		}
		// What fails to be published is published with the next change, and
		// only a program that stops fails.
		if now := b.Figures(); now != figures {
			figures = now
			_, _ = b.topic().Send(ctx, b.figures.Replace(FiguresView(now)))
		}
		if now := b.traffic.visits(); !same(now, visits) {
			visits = now
			_, _ = b.topic().Send(ctx, b.visits.Replace(VisitsView(now)))
		}
	}
}

// same reports whether two lists are the same: a visit comes once.
func same(a, b []Visit) bool {
	return len(a) == len(b) && (len(a) == 0 || a[0] == b[0])
}
