package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// placeInPlace loads and renders given in place. It is called outside a response,
// and for a w that is not Rivulet's, since nothing can be sent there later.
func placeInPlace(place context.Context, w io.Writer, given Boundary) error {
	b := newBoundary(&given)
	b.inPlace = true
	b.more() // for fragments and amending
	ctx := newInPlaceContext(place)
	b.parent, _ = ctx.owner.(*boundary)
	if b.parent != nil && b.parent.resp != nil {
		b.resp, b.target = b.parent.resp, b.parent.target
		if b.target >= besideTarget {
			b.target = besideTarget
		}
		if b.resp.skips(&given) || b.target == besideTarget && !given.Critical {
			return nil
		}
		b.resp.noteInPlace(b, w)
	} else if b.parent == nil && !ctx.nested {
		hintOutside(ctx)
	}
	b.countAmends()
	if met, _ := ctx.met.(*atomic.Bool); met != nil {
		met.Store(true)
	}
	s := newScratch(ctx, b)
	defer b.keep(0)
	loadCtx, cancel := b.loadContext(ctx)
	defer cancel() // after the view has been rendered, which may use loadCtx
	err := b.renderNow(ctx, loadCtx, s)
	if err == errEnded {
		return errClosed // w may belong to another response by now
	}
	if err != nil {
		shown := s
		b.keep(0)
		if s, err = b.renderErrorView(ctx, err); err != nil {
			return err
		}
		if b.isSequence() {
			if err := shown.writeTo(w); err != nil {
				return err
			}
		}
	}
	return s.writeTo(w)
}

// renderNow loads b, at most until loadCtx ends, and renders its content into s.
// If a sequence fails, s has the pieces that came before.
func (b *boundary) renderNow(ctx, loadCtx context.Context, s *scratch) error {
	if b.isSequence() {
		pieces, err := b.loadPieces(loadCtx)
		if err == errEnded {
			return err
		}
		for _, c := range pieces {
			b.keep(s.len()) // from here on rendered pieces count, not waiting ones
			if err := s.render(ctx, c); err != nil {
				return err
			}
		}
		return err
	}
	b.rare.fragments = s.fragments
	view, err := b.loadNow(loadCtx)
	if err != nil {
		return err
	}
	b.keep(0) // s counts the bytes that the load has rendered
	return s.render(ctx, view)
}

// loadContext returns ctx with a deadline after the time that b has left.
func (b *boundary) loadContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if timeout := b.timeLeft(); timeout > 0 {
		return context.WithTimeoutCause(ctx, timeout, &timeoutError{timeout})
	}
	return ctx, func() {}
}

// loadNow starts the load of b and waits for it, at most until ctx ends.
func (b *boundary) loadNow(ctx context.Context) (templ.Component, error) {
	var view templ.Component
	err := b.awaitLoad(ctx, func(ctx context.Context) (err error) {
		if view, err = b.Load(ctx); err == nil && view == nil {
			err = errNoView
		}
		return err
	})
	if err != nil {
		return nil, err // an abandoned load may still write to view
	}
	return view, nil
}

// loadPieces is loadNow for a sequence. It returns the pieces that have come, also
// together with an error. No piece is sent before the sequence has ended, so the
// sequence does not wait for the client.
func (b *boundary) loadPieces(ctx context.Context) ([]templ.Component, error) {
	var mu sync.Mutex
	var pieces []templ.Component
	err := b.awaitLoad(ctx, func(ctx context.Context) error {
		return b.each(ctx, func(c templ.Component) error {
			mu.Lock()
			defer mu.Unlock()
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := b.hold(pieceSize(c)); err != nil {
				return err
			}
			pieces = append(pieces, c)
			return nil
		})
	})
	mu.Lock()
	defer mu.Unlock()
	return pieces, err
}

// pieceSize returns the number of bytes that a waiting piece counts in the budget:
// the length of a Text, and the memory that any piece takes at least.
func pieceSize(c templ.Component) int {
	t, _ := c.(Text)
	return 64 + len(t)
}

// awaitLoad runs load, the load of b, and waits for it, at most until ctx ends.
func (b *boundary) awaitLoad(ctx context.Context, load func(context.Context) error) error {
	t := newTask(ctx, b, load)
	t.start(ctx, b.scopeKind())
	err := t.wait(ctx)
	late := ctx.Err() == context.DeadlineExceeded || err == ErrShutdown
	if err != nil && t.loads != nil && (late || ctx.Err() != nil) {
		t.loads.abandonTask(t, late)
	}
	return err
}

// timeLeft returns the time that b, which loads in place, may take. Zero or less
// means no limit.
func (b *boundary) timeLeft() time.Duration {
	if timeout := b.timeout(); timeout > 0 || b.resp == nil || b.resp.loads.life.timeout < 0 {
		return timeout
	}
	life := &b.resp.loads.life
	return max(time.Until(life.start.Add(life.timeout)), time.Nanosecond)
}

// renderErrorView renders an error view for b, which has failed with err. It
// returns an error if b has failed because its surroundings have ended.
func (b *boundary) renderErrorView(ctx context.Context, err error) (*scratch, error) {
	passOnAbort(err)
	if b.endsAround(ctx) {
		return nil, context.Cause(ctx)
	}
	if decides(err) != nil && b.resp != nil {
		if ctx.Value(viewKey{}) == nil {
			return nil, err // the load around b has failed with it
		}
		if b.resp.decide(b, err) {
			return nil, b.resp.judge()
		}
	}
	be := b.reportFailure(ctx, err)
	b.failed.Store(true)
	// The boundaries of the error view are children of b.
	errorCtx := context.WithValue(ctx, ownerKey{}, b)
	var s *scratch
	views := b.errorViews(be)
	for i, c := range views {
		// A load that was abandoned may still write into the first scratch.
		s = newScratch(ctx, b)
		s.lastResort = i == len(views)-1
		err := s.render(errorCtx, c)
		if err == nil {
			be.shown(b, i < len(views)-1)
			break
		}
		if b.endsAround(ctx) {
			return nil, context.Cause(ctx)
		}
		b.report(ctx, be.Digest, fmt.Errorf("error view: %w", err))
	}
	return s, nil
}

// endsAround reports whether the surroundings of b have ended, so that b has no
// error view of its own. For a boundary in the page itself, the deadline of the
// request does not count: at the deadline the loads of the page fail, not the page.
func (b *boundary) endsAround(ctx context.Context) bool {
	return errors.Is(ctx.Err(), context.Canceled) || ctx.Err() != nil && !b.inPage()
}

// inPage reports whether only boundaries that load in place stand between b and
// the page.
func (b *boundary) inPage() bool {
	if b.resp == nil {
		return false
	}
	up := b.parent
	for up.inPlace {
		up = up.parent
	}
	return up == &b.resp.root
}

// An inPlaceCause is the cause of the warning about a boundary that loads in place.
type inPlaceCause struct {
	writer reflect.Type
	name   string // of the boundary
}

// noteInPlace logs that b does not stream, once for each kind of writer and name.
// It also calls Trace.InPlace.
func (p *response) noteInPlace(b *boundary, w io.Writer) {
	if buf, ok := w.(*templruntime.Buffer); ok {
		w = buf.Underlying
	}
	if p.mode != Complete && causes.First(inPlaceCause{reflect.TypeOf(w), b.Name}) {
		p.rd.logger().WarnContext(p.ctx, "stream: a boundary loads in place, because it was given a writer of some component's own",
			slog.String("name", b.Name), slog.String("path", p.r.URL.Path), slog.String("type", fmt.Sprintf("%T", w)))
	}
	if p.trace.InPlace != nil && p.toldInPlace.CompareAndSwap(false, true) {
		p.trace.InPlace(p.ctx, b.info())
	}
}

// Outside a response, a page with boundaries comes whole, and its loads run one
// after the other. That is right for an e-mail or a test. In a server it is most
// likely a mistake, since templ.Handler looks much like Handler.

// hinted is true after hintOutside has logged its line.
var hinted atomic.Bool

// hintOutside logs once that a page of a server does not stream.
func hintOutside(ctx context.Context) {
	if hinted.Load() {
		return
	}
	server, _ := ctx.Value(http.ServerContextKey).(*http.Server)
	if server == nil || hinted.Swap(true) {
		return
	}
	slog.InfoContext(ctx, "stream: a boundary was rendered for a request, but not by this package, so it does not stream: "+
		"serve the page with stream.Handler or stream.Render, in the place of templ.Handler for example")
}
