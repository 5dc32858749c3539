package stream

import "sync/atomic"

// An error view may place boundaries that fail, too. Such error views could be
// nested without end. If each places several boundaries, their number grows too
// large before a limit on the depth ends it. So two things are limited: the depth
// of error views within error views, and the number of boundaries that error views
// within others place in one response. An error view that stands within no other
// may place any number of boundaries.
const (
	maxAmends   = 8   // error views around one boundary
	maxAmending = 256 // boundaries placed by error views within error views
)

// countAmends sets b.amends to the number of error views around b. It counts b if
// an error view within another has placed it. It is called when b is met.
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

// mayAmend reports whether an ErrorView may replace b, which has failed. If not,
// the short text does.
func (b *boundary) mayAmend() bool {
	return b.amends == 0 || b.amends <= maxAmends && b.counter().Load() < maxAmending
}

// counter returns the counter of boundaries placed by error views within error
// views. Each response has one. Outside a response, each outermost boundary has
// one.
func (b *boundary) counter() *atomic.Int32 {
	if b.resp != nil {
		return &b.resp.loads.amending
	}
	for b.parent != nil {
		b = b.parent
	}
	return &b.rare.amending
}
