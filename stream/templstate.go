package stream

import (
	"sync"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// A templOrigin is what all templ states of a response begin with.
type templOrigin struct {
	nonce  string             // set by templ.WithNonce
	claims *templstate.Claims // of the request: classes that a middleware serves as a file
	outer  any                // outside a response: the state whose claims have not been copied yet
}

// claim copies the claims of outer. It is called as late as possible, since most
// loads do not need them, and outside a response their number grows with the page.
func (o *templOrigin) claim() {
	if o.outer != nil {
		o.claims, o.outer = templstate.Of(o.outer, nil), nil
	}
}

// A templState is what templ keeps in a context to emit styles, scripts and
// templ.Once only once. It is made when it is first needed.
type templState struct {
	origin *templOrigin

	mu    sync.Mutex
	v     any
	saved *templstate.Claims // of the last save or restore
}

// get returns the state as a value for templstate.Key.
func (s *templState) get() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v == nil {
		s.origin.claim()
		s.v = templstate.New(s.origin.nonce, s.origin.claims)
	}
	return s.v
}

// save returns the claims of the state. It copies them only if there are more than
// the last time, so views that claim nothing cost nothing.
func (s *templState) save() *templstate.Claims {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v == nil {
		return s.origin.claims
	}
	s.saved = templstate.Of(s.v, s.saved)
	return s.saved
}

// restore sets the claims back to c, the result of save. It is called when a view
// has failed, since the assets that the view has claimed are not sent. If the
// layout of the state is not known, restore gives all claims back: an asset that
// is sent twice is better than one that is missing.
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

// reset removes the claims that the state did not begin with.
func (s *templState) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v != nil && !s.origin.claims.Are(s.v) {
		s.v, s.saved = nil, nil // made again when it is needed
	}
}

// branch replaces the state by a copy that also has all claims in more. undo puts
// the original back and returns the claims of the copy.
func (s *templState) branch(more ...*templstate.Claims) (undo func() *templstate.Claims) {
	claims := s.save()
	s.mu.Lock()
	defer s.mu.Unlock()
	v, saved := s.v, s.saved
	s.v, s.saved = templstate.New(s.origin.nonce, claims), nil
	for _, c := range more {
		c.Add(s.v)
	}
	return func() *templstate.Claims {
		claims := s.save()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.v, s.saved = v, saved
		return claims
	}
}

// add adds the claims c to the state.
func (s *templState) add(c *templstate.Claims) {
	if c != nil {
		c.Add(s.get())
	}
}
