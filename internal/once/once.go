// Package once recognizes the first occurrence of a key, such as the cause of a
// warning that comes with every request.
package once

import "sync"

// max limits the keys that a Set keeps, and so the lines that are logged.
const max = 100

// A Set records the keys that it has seen. The zero value is empty. A Set is safe
// for concurrent use.
type Set struct {
	mu   sync.Mutex
	seen map[any]bool
}

// First reports whether key is new. Once a Set holds 100 keys, it reports false
// for all others.
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

// Forget removes all keys.
func (s *Set) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}
