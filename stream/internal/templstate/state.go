package templstate

import (
	"context"
	"maps"
	"reflect"
	"sync"

	"github.com/a-h/templ"
)

// state is templ's contextValue. A value of that type is used as a state only if
// both types have the same layout: see known.
type state struct {
	mu          sync.Mutex
	ss          map[string]struct{}
	onceHandles map[*templ.OnceHandle]struct{}
	nonce       string
}

// known reports whether templ's state has the expected layout. With another
// version of templ it may not. No claims are known then, and an asset may be
// emitted twice.
var known = sameLayout(stateType, reflect.TypeFor[*state]())

var stateType = reflect.TypeOf(fresh(""))

func sameLayout(a, b reflect.Type) bool {
	if a == nil || a.Kind() != reflect.Pointer || a.Elem().Kind() != reflect.Struct {
		return false
	}
	a, b = a.Elem(), b.Elem()
	if a.NumField() != b.NumField() || a.Size() != b.Size() {
		return false
	}
	for i := range b.NumField() {
		f, g := a.Field(i), b.Field(i)
		if f.Name != g.Name || f.Type != g.Type || f.Offset != g.Offset {
			return false
		}
	}
	return true
}

// of returns v, the value of Key in a context, as a state, or nil.
func of(v any) *state {
	if !known || v == nil || reflect.TypeOf(v) != stateType {
		return nil
	}
	return (*state)(reflect.ValueOf(v).UnsafePointer())
}

// New returns a state with the nonce and the claims, as a value for Key.
func New(nonce string, c *Claims) any {
	v := fresh(nonce)
	if c != nil {
		c.Restore(v)
	}
	return v
}

func fresh(nonce string) any {
	ctx := context.Background()
	if nonce == "" {
		return templ.InitializeContext(ctx).Value(Key)
	}
	return templ.WithNonce(ctx, nonce).Value(Key)
}

// Claims are the assets that have been claimed in a state: templ will not emit
// them again. They are immutable. Nil means none.
type Claims struct {
	ss          map[string]struct{}
	onceHandles map[*templ.OnceHandle]struct{}
}

// maxExact is the number of claims up to which Of copies all of them whenever there
// is a new one. Beyond it, Of copies them less often. Otherwise a page on which
// every view claims an asset would take quadratic time.
const maxExact = 256

// Of returns the claims in the state v, or nil. before are earlier claims of v,
// or nil. If there are no more claims than in before, Of returns before. Restore
// must not have been called since, because it can remove claims.
//
// If there are more than maxExact claims, the newest may be missing, at most an
// eighth. Their assets may be emitted twice, which is better than never.
func Of(v any, before *Claims) *Claims {
	s := of(v)
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.ss) + len(s.onceHandles)
	switch {
	case n == 0:
		return nil
	case before == nil:
	case n == before.len(), n > maxExact && n-before.len() <= n/8:
		return before
	}
	return &Claims{maps.Clone(s.ss), maps.Clone(s.onceHandles)}
}

func (c *Claims) len() int { return len(c.ss) + len(c.onceHandles) }

// Restore sets the claims of the state v to c. It reports whether it could.
func (c *Claims) Restore(v any) bool {
	s := of(v)
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ss, s.onceHandles = nil, nil
	if c != nil {
		s.ss, s.onceHandles = maps.Clone(c.ss), maps.Clone(c.onceHandles)
	}
	return true
}

// Are reports whether the state v, which began with the claims c, has no others. It
// reports false if that is not known.
func (c *Claims) Are(v any) bool {
	s := of(v)
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.ss) + len(s.onceHandles)
	return c == nil && n == 0 || c != nil && n == c.len()
}

// Add adds the claims c to those of the state v.
func (c *Claims) Add(v any) {
	s := of(v)
	if s == nil || c == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ss == nil {
		s.ss = make(map[string]struct{}, len(c.ss))
	}
	if s.onceHandles == nil {
		s.onceHandles = make(map[*templ.OnceHandle]struct{}, len(c.onceHandles))
	}
	maps.Copy(s.ss, c.ss)
	maps.Copy(s.onceHandles, c.onceHandles)
}
