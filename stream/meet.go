package stream

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// place places b in the component that is being rendered with ctx into w. b is a
// Boundary, or the notice of a WhilePending.
func place(ctx context.Context, w io.Writer, b Boundary) error {
	kind := ordinary
	if b.Load == nil && b.Pieces == nil {
		kind = notice
	}
	f, buf := fragmentOf(w)
	switch {
	case f != nil && f.kind == fallbackFragment, f == nil && ctx.Value(fallbackKey{}) != nil:
		if b.Fallback == nil {
			return nil
		}
		return b.Fallback.Render(templ.ClearChildren(ctx), w)
	case kind == notice && (f == nil || f.resp == nil || !f.resp.mode.hasFallbacks()):
		return nil // a notice could not be removed later
	case f == nil || f.resp == nil:
		return placeInPlace(ctx, w, b)
	case f.resp.skips(&b):
		return nil
	}
	nb := newBoundary(&b)
	nb.kind, nb.critical = kind, b.Critical
	if f.owner.isBeside(&b) {
		return f.meetBeside(ctx, buf, nb)
	}
	if b.Key != "" {
		return f.placeKeyed(ctx, buf, nb, b.Key, b.Every)
	}
	return f.meet(ctx, buf, nb)
}

// meet places b at the end of f, which buf writes into. ctx is the context of the
// place.
func (f *fragment) meet(ctx context.Context, buf *templruntime.Buffer, b *boundary) error {
	if !f.isOf(ctx) {
		return errClosed
	}
	if err := drain(buf); err != nil {
		return err
	}
	b.resp, b.parent, b.depth = f.resp, f.owner, f.owner.depth+1
	if f.owner.target == inTarget {
		b.target = inTarget
	}
	if b.kind == notice {
		b.content = templ.NopComponent
	}
	if b.kind != ordinary {
		b.load.settled.Store(true)
	}
	if err := f.resp.loads.add(ctx, f, b); err != nil {
		return err
	}
	f.addHole(b)
	return nil
}

// isOf reports whether f belongs to the response of ctx. If a goroutine has outlived
// its component, its buffer may be that of another response by now.
func (f *fragment) isOf(ctx context.Context) bool {
	owner, _ := ctx.Value(ownerKey{}).(*boundary)
	return owner == nil || owner.resp == f.resp
}

// add starts or queues the load of b, which has been met in f.
func (l *loads) add(ctx context.Context, f *fragment, b *boundary) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.admit(ctx, f, b); err != nil {
		return err
	}
	if p := b.resp; p.trace.Met != nil && b.kind == ordinary {
		func() {
			l.mu.Unlock()
			defer l.mu.Lock()
			p.trace.Met(p.ctx, b.info())
		}()
	}
	if l.isLate(b) {
		return nil // b has no load to run
	}
	if b.critical {
		l.queue.addBefore(b, func(b *boundary) bool { return !b.critical })
	} else {
		l.queue.add(b)
	}
	l.startQueued()
	return nil
}

// admit makes b, which has been met in f, a child of its parent. It returns an
// error if b cannot be placed. mu is held.
func (l *loads) admit(ctx context.Context, f *fragment, b *boundary) error {
	p, owner := b.resp, b.parent
	if l.ended || f.closed || f.kind == loadFragment && owner.load.settled.Load() {
		return errClosed
	}
	l.open(p.ctx)
	if p.root.children == 0 {
		p.origin.nonce = templ.GetNonce(ctx)
	}
	base := owner.scope(b.scopeKind())
	// After a deadline or the end of Renderer.Until, b is placed and fails by
	// itself.
	if base.Err() == context.Canceled && context.Cause(base) != ErrShutdown {
		return context.Cause(base)
	}
	l.started.Add(1)
	owner.children++
	b.index = owner.children
	b.countAmends()
	if b.depth > maxDepth {
		return errTooDeep
	}
	if b.depth > maxLevels {
		l.deep++
		b.more().number = l.deep
	}
	if p.trace != &noTrace {
		b.more().id = string(b.appendPath(nil))
	}
	b.setContexts(ctx, base)
	if b.critical = b.critical && !l.left && (owner == &p.root || owner.critical); b.critical {
		b.load.holding, l.metCritical = true, true
		l.holding++
	}
	if b.kind == ordinary {
		l.unsettled.add(b)
	}
	return nil
}

// setContexts sets the contexts of b. They have the values of ctx. The context of its
// load ends with base. mu is held.
func (b *boundary) setContexts(ctx, base context.Context) {
	life := &b.resp.loads.life
	if b.isSequence() {
		b.rare.pieces = &pieces{room: make(chan struct{}, 1)}
		base, b.rare.pieces.cancel = context.WithCancelCause(base)
	}
	if timeout := b.timeout(); timeout > 0 {
		var cancel context.CancelFunc
		deadline := time.Now().Add(timeout)
		if deadline.After(life.latest) {
			life.latest = deadline
		}
		base, cancel = context.WithDeadlineCause(base, deadline, &timeoutError{timeout})
		_ = cancel // the context ends with the one around it
		b.rare.untimed = context.AfterFunc(base, b.expire)
	}
	b.place, b.load.scope = ctx, base
}
