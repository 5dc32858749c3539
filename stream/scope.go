package stream

import (
	"context"
	"errors"
)

// A scope is the context of the loads within a boundary. It ends when the boundary
// fails, or with the scope around it.
type scope struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// A scopeKind is one of the two scopes of a boundary.
type scopeKind int

const (
	timed   scopeKind = iota // with the deadline of the response
	untimed                  // without it, for children with a Timeout of their own
)

// scopeKind returns the scope of its parent in which b loads.
func (b *boundary) scopeKind() scopeKind {
	if b.Timeout > 0 {
		return untimed
	}
	return timed
}

// scope returns the context of the loads of b's children. It is made when it is
// first needed. If b has failed, its children stand in its error view and load in
// the scope of b's parent. So do the children of a sequence, since its pieces stay
// when it fails. resp.loads.mu is held.
func (b *boundary) scope(kind scopeKind) context.Context {
	switch {
	case b.parent == nil:
		return b.resp.loads.life.scopes[kind]
	case b.failed.Load(), b.load.pieces != nil:
		return b.parent.scope(kind)
	}
	if b.subtree == nil {
		b.subtree = new([2]scope)
	}
	s := &b.subtree[kind]
	if s.ctx == nil {
		s.ctx, s.cancel = context.WithCancelCause(b.parent.scope(kind))
	}
	return s.ctx
}

// closeSubtree ends the loads within b, because b has failed. resp.loads.mu is
// held.
func (b *boundary) closeSubtree() {
	b.failed.Store(true)
	if b.subtree == nil {
		return
	}
	for _, s := range b.subtree {
		if s.cancel != nil {
			s.cancel(errSurroundings)
		}
	}
}

var errSurroundings = errors.New("failure of the surrounding boundary")
