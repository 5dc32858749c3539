package stream

// ownerKey is the key of the *boundary that a context belongs to.
type ownerKey struct{}

// viewKey is the key of the *response in whose goroutine a context is used: in
// those of its page and its views, not in those of loads.
type viewKey struct{}

// inPlaceKey is the key of an *atomic.Bool that is set when a boundary is loaded
// in place beneath a context.
type inPlaceKey struct{}

// fallbackKey is the key that says that a context is that of a fallback.
type fallbackKey struct{}
