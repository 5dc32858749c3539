package stream

import (
	"sync"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// A templOrigin is what all templ states of a response begin with.
type templOrigin struct {
	nonce  string
	claims *templstate.Claims // of the request: classes that a middleware serves as a file
}

// A templState is what templ keeps in a context to emit styles, scripts and
// templ.Once only once. It is made when it is first asked for.
type templState struct {
	origin *templOrigin

	mu    sync.Mutex
	v     any
	saved *templstate.Claims // the last that save or restore has seen
}

func (s *templState) get() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v == nil {
		s.v = templstate.New(s.origin.nonce, s.origin.claims)
	}
	return s.v
}

// save returns what has been claimed. It copies only what is more than the last
// time, so views that claim nothing cost nothing.
func (s *templState) save() *templstate.Claims {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v == nil {
		return s.origin.claims
	}
	s.saved = templstate.Of(s.v, s.saved)
	return s.saved
}

// restore gives back what has been claimed since save: a failed view takes
// assets with it that nobody will see. Where that is not known all is given back,
// since an asset twice is better than an asset lost.
func (s *templState) restore(c *templstate.Claims) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v == nil {
		return
	}
	if s.saved = c; !c.Restore(s.v) {
		s.v = templstate.New(s.origin.nonce, nil)
	}
}

// branch lets s go on with what has been claimed and with more, until the function
// that it returns is called. That returns what has been claimed then.
func (s *templState) branch(more *templstate.Claims) (undo func() *templstate.Claims) {
	claims := s.save()
	s.mu.Lock()
	defer s.mu.Unlock()
	v, saved := s.v, s.saved
	s.v, s.saved = templstate.New(s.origin.nonce, claims), nil
	more.Add(s.v)
	return func() *templstate.Claims {
		claims := s.save()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.v, s.saved = v, saved
		return claims
	}
}

// add claims what c says.
func (s *templState) add(c *templstate.Claims) {
	if c != nil {
		c.Add(s.get())
	}
}
