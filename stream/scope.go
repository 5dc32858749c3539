package stream

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// A scope is the context of the loads within a boundary. It ends when the boundary
// fails, or with the scope around it. Few loads need more of it than Err. So the
// context of package context, which costs more than the rest of a small boundary, is
// made when it is first needed. Any goroutine may make it.
type scope struct {
	outer context.Context // the scope around it; nil until the scope is needed
	made  atomic.Pointer[madeScope]
}

// A madeScope is the context of package context for a scope.
type madeScope struct {
	context.Context
	cancel context.CancelCauseFunc
}

// make makes the context of s, unless it was made before.
func (s *scope) make() *madeScope {
	if m := s.made.Load(); m != nil {
		return m
	}
	m := new(madeScope)
	m.Context, m.cancel = context.WithCancelCause(s.outer)
	if !s.made.CompareAndSwap(nil, m) {
		m.cancel(nil) // another goroutine was faster
	}
	return s.made.Load()
}

func (s *scope) Deadline() (time.Time, bool) { return s.outer.Deadline() }
func (s *scope) Done() <-chan struct{}       { return s.make().Done() }

// Err returns what the made context returns. If it was not made, s has ended only if
// the scope around it has. Whoever ends s makes the context first.
func (s *scope) Err() error {
	if s.made.Load() == nil && s.outer.Err() == nil {
		return nil
	}
	return s.make().Err()
}

func (s *scope) Value(key any) any {
	if key == cancelKey {
		return s.make().Value(key)
	}
	return s.outer.Value(key)
}

// A scopeKind tells the two scopes of a boundary apart.
type scopeKind int

const (
	timed   scopeKind = iota // with the deadline of the response
	untimed                  // without it, for children with a Timeout of their own
)

// scopeKind says in which scope of its parent b loads.
func (b *boundary) scopeKind() scopeKind {
	if b.timeout() > 0 {
		return untimed
	}
	return timed
}

// scope returns the context of the loads of b's children. If b has failed, its
// children stand in its error view and load in the scope of b's parent. So do the
// children of a sequence, since its pieces stay when it fails. resp.loads.mu is held.
func (b *boundary) scope(kind scopeKind) context.Context {
	switch {
	case b.parent == nil:
		return b.resp.loads.life.scopes[kind]
	case b.failed.Load(), b.pieces() != nil:
		return b.parent.scope(kind)
	}
	if b.subtree == nil {
		b.subtree = new([2]scope)
	}
	s := &b.subtree[kind]
	if s.outer == nil {
		s.outer = b.parent.scope(kind)
		if b.depth > maxLevels {
			s.make() // Err of a scope that was not made asks all scopes around it
		}
	}
	return s
}

// closeSubtree ends the loads within b, because b has failed. resp.loads.mu is
// held.
func (b *boundary) closeSubtree() {
	b.failed.Store(true)
	if b.subtree == nil {
		return
	}
	for i := range b.subtree {
		if s := &b.subtree[i]; s.outer != nil {
			s.make().cancel(errSurroundings)
		}
	}
	b.resp.loads.releaseCanceled()
}

var errSurroundings = errors.New("failure of the surrounding boundary")
