package stream

import "sync/atomic"

// Error views that place boundaries which fail, too, would never end, and those
// that place several would grow without a bound before any depth stops them. So
// both are limited: how deep error views stand within each other, and how many
// boundaries those within others place in one response. What an error view
// places that stands in none is as many as the page has made of it.
const (
	maxAmends   = 8   // error views around one
	maxAmending = 256 // boundaries of error views within error views
)

// countAmends counts the error views around b, which has been met.
func (b *boundary) countAmends() {
	if b.parent == nil {
		return
	}
	b.amends = b.parent.amends
	if b.parent.failed.Load() {
		b.amends++
	}
	if b.amends > 1 {
		b.counter().Add(1)
	}
}

// mayAmend reports whether an error view of its own may stand for b, which has
// failed.
func (b *boundary) mayAmend() bool {
	return b.amends == 0 || b.amends <= maxAmends && b.counter().Load() < maxAmending
}

// counter returns where the boundaries of error views within error views are
// counted: for the response, or for the outermost boundary outside of one.
func (b *boundary) counter() *atomic.Int32 {
	if b.resp != nil {
		return &b.resp.loads.amending
	}
	for b.parent != nil {
		b = b.parent
	}
	return &b.amending
}
