package stream

import (
	"runtime"
	"sync/atomic"
)

// looks describes what the looks of the pages of a route were worth.
type looks struct {
	vain  atomic.Bool   // the last turn of the scheduler was not worth its time
	slow  atomic.Bool   // at that look, no load had a result when all had begun
	pages atomic.Uint32 // number of pages on which a load was running at a look
	again atomic.Bool   // if vain is set, the next page takes a turn again
}

// After a turn in vain, one page takes one again for each eachLook on which loads are
// running.
const eachLook = 16

// take reports whether the shell of a page waits for a turn of the scheduler, so that
// loads that need one can stand in place. On a busy server that turn is long, so it is
// taken where it was worth its time before. A page on which no load is running gives
// its turn to another one.
func (l *looks) take() bool { return !l.vain.Load() || l.again.Swap(false) }

// give lets another page take a turn.
func (l *looks) give() { l.again.Store(true) }

// count counts a page on which a load is running.
func (l *looks) count() {
	if l.pages.Add(1)%eachLook == 0 {
		l.give()
	}
}

// look gives loads that need little time the time to end before the next bytes are
// put together. Before the shell it waits until all loads have begun, so that content
// that needs no time can stand in place. The last look of the route decides the rest.
// If a turn of the scheduler was worth its time, the shell waits for one: for loads
// that have yielded once, or that have asked another goroutine. If no load had a result
// at once, the shell waits only for the first loads to begin, unless one of those has a
// result.
func (p *response) look() {
	switch {
	case p.out.committed:
		p.loads.yield()
		return
	case !p.looked:
		p.firstLook()
	case p.patient:
		p.loads.rally(false)
		if p.loads.unfinished() > 0 {
			runtime.Gosched()
		}
	default:
		p.loads.rally(p.route().looks.slow.Load())
	}
	settle()
}

// firstLook is look until a load has been running at a look. It records what the look
// was worth.
func (p *response) firstLook() {
	route := &p.route().looks
	worth := route.take()
	p.loads.rally(!worth && route.slow.Load())
	before := p.loads.unfinished()
	if before == 0 {
		if worth {
			route.give()
		}
		return
	}
	p.looked = true
	route.count()
	if worth {
		route.slow.Store(!p.loads.hasResult())
		runtime.Gosched()
		p.patient = p.loads.unfinished() <= before/2
		route.vain.Store(!p.patient)
	}
}
