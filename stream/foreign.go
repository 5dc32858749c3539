package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"
)

// placeForeign loads and renders spec in place: w is not ours, so nothing can
// be sent later. It is also what happens outside a response.
func placeForeign(ctx context.Context, w io.Writer, spec Boundary) error {
	parent, _ := ctx.Value(ownerKey{}).(*boundary)
	b := &boundary{Boundary: spec, parent: parent, foreign: true}
	trace, timeout := &noTrace, spec.Timeout
	var rd *Renderer
	if parent != nil && parent.resp != nil {
		p := parent.resp
		if p.headOnly() {
			return nil
		}
		b.resp, rd, trace = p, p.rd, p.trace
		p.noteForeign(b)
		if timeout <= 0 && p.timeout() > 0 {
			timeout = max(time.Until(p.start.Add(p.timeout())), time.Nanosecond)
		}
	}
	// What templ.RenderFragments asks for is kept apart until it is known to
	// be whole, and from a load that outlives its time.
	var content, wanted bytes.Buffer
	outer, _ := ctx.Value(fragmentKey).(*templ.FragmentContext)
	if outer != nil && !outer.Active {
		b.fragments = &templ.FragmentContext{W: &wanted, IDs: outer.IDs}
	}
	view, err := b.loadNow(ctx, timeout)
	if err == errEnded {
		return errClosed // and w may be another response's by now
	}
	viewCtx := templ.ClearChildren(ctx)
	if b.fragments != nil {
		viewCtx = context.WithValue(viewCtx, fragmentKey, b.fragments)
	}
	render := func(c templ.Component) error {
		content.Reset()
		err := safely(func() error { return c.Render(viewCtx, &content) })
		if isAbort(err) {
			panic(http.ErrAbortHandler)
		}
		return err
	}
	if err == nil {
		err = render(view)
	}
	if isAbort(err) {
		panic(http.ErrAbortHandler)
	}
	// An error of which the end of the surroundings is the cause is theirs, but
	// the deadline of a request fails its loads and not its page.
	around := parent
	for around != nil && around.foreign {
		around = around.parent
	}
	ended := func() bool {
		inPage := b.resp != nil && around == &b.resp.root
		return errors.Is(ctx.Err(), context.Canceled) || ctx.Err() != nil && !inPage
	}
	if err != nil && ended() {
		return context.Cause(ctx)
	}
	if err != nil {
		be := &BoundaryError{Name: b.Name, Digest: newDigest(), Err: err}
		report(ctx, trace, be)
		if b.resp != nil && b.OnError == nil {
			b.resp.failed.Store(true)
		}
		wanted.Reset()
		b.failed.Store(true)
		viewCtx = context.WithValue(viewCtx, ownerKey{}, b)
		for _, c := range b.errorViews(rd, be) {
			if err := render(c); err == nil {
				break
			}
			if ended() {
				return context.Cause(ctx)
			}
		}
	}
	if b.fragments != nil {
		if _, err := outer.W.Write(wanted.Bytes()); err != nil {
			return err
		}
	}
	_, err = w.Write(content.Bytes())
	return err
}

// loadNow waits for the load of b, for so long; zero means for ever.
func (b *boundary) loadNow(ctx context.Context, timeout time.Duration) (templ.Component, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, &timeoutError{timeout})
		defer cancel()
	}
	kind := timed
	if b.Timeout > 0 {
		kind = untimed
	}
	var view templ.Component
	t := start(ctx, b, kind, func(ctx context.Context) (err error) {
		if view, err = b.Load(ctx); err == nil && view == nil {
			err = errNoView
		}
		return err
	})
	// A load that outlives its time writes to view later, so nobody reads it.
	if err := t.wait(ctx); err != nil {
		if t.loads != nil && ctx.Err() == context.DeadlineExceeded {
			t.loads.abandonTask(t, b)
		}
		return nil, err
	}
	return view, nil
}

var warnForeign sync.Once

// noteForeign says once that this page does not stream everywhere.
func (p *response) noteForeign(b *boundary) {
	if p.mode != Complete {
		warnForeign.Do(func() {
			slog.WarnContext(p.ctx, "stream: a boundary loads in place, because it was given a writer of some component's own",
				slog.String("name", b.Name), slog.String("path", p.r.URL.Path))
		})
	}
	if p.trace.InPlace != nil && p.placed.CompareAndSwap(false, true) {
		p.trace.InPlace(p.ctx, b.info())
	}
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }
