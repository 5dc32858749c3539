package stream

import (
	"context"
	"errors"
)

// A scope is a context that ends when a boundary fails, before its parent's.
type scope struct {
	ctx context.Context
	end context.CancelCauseFunc
}

// A scopeKind tells the two scopes of a boundary's children apart.
type scopeKind int

const (
	timed   scopeKind = iota // with the deadline of the response
	untimed                  // without it, for those with a Timeout of their own
)

// scopeKind returns in which of its parent's scopes b loads.
func (b *boundary) scopeKind() scopeKind {
	if b.Timeout > 0 {
		return untimed
	}
	return timed
}

// scope returns the context that the loads of b's children end with. It is
// made when it is first needed; once b has failed, what its error view places
// belongs to the surroundings of b, as do the pieces of a sequence, which stay
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
		s.ctx, s.end = context.WithCancelCause(b.parent.scope(kind))
	}
	return s.ctx
}

// closeSubtree ends what b has started, because b has failed. resp.loads.mu is
// held.
func (b *boundary) closeSubtree() {
	b.failed.Store(true)
	if b.subtree == nil {
		return
	}
	for _, s := range b.subtree {
		if s.end != nil {
			s.end(errSurroundings)
		}
	}
}

var errSurroundings = errors.New("the boundary around it failed")
