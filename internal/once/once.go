// Package once tells what happens for the first time, such as the cause of a
// warning that comes with every request.
package once

import "sync"

// max bounds the keys that a Set keeps, and so what is logged.
const max = 100

// A Set holds the keys that it was given. The zero value is empty. It is safe for
// concurrent use.
type Set struct {
	mu   sync.Mutex
	seen map[any]bool
}

// First reports whether key is given for the first time. A Set that holds 100
// keys reports false for all others.
func (s *Set) First(key any) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[key] || len(s.seen) >= max {
		return false
	}
	if s.seen == nil {
		s.seen = make(map[any]bool)
	}
	s.seen[key] = true
	return true
}

// Forget empties s.
func (s *Set) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}
