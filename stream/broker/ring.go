package broker

import (
	"sort"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A ring holds the retained events of a topic. Its positions count the events of
// this topic without holes, unlike the numbers of the events.
type ring struct {
	keep  Retention
	items []item
	first uint64 // the position of items[0]
	bytes int
	floor uint64 // the number of the last event that was dropped
	end   uint64 // the number of the end of the topic; 0: none so far
	fail  uint64 // the number of the event that says why a run has failed; 0: none so far
}

type item struct {
	number uint64
	at     time.Time
	event  sse.Encoded
}

// next returns the position of the next event to come.
func (r *ring) next() uint64 { return r.first + uint64(len(r.items)) }

// ended reports whether the last event is the end of the topic. Like any event,
// the end is forgotten when it is dropped.
func (r *ring) ended() bool { return r.end > r.floor }

// failed reports whether the ring has the event that says why a run has failed.
func (r *ring) failed() bool { return r.fail > r.floor }

// finish appends the end of the topic, which drops no event. As for push, expire has
// been called.
func (r *ring) finish(number uint64, event sse.Encoded, now time.Time) {
	r.add(number, event, now)
	r.end = number
}

// push appends an event, whose number must be higher than all before, to a ring that
// holds no event that is too old: expire has been called.
func (r *ring) push(number uint64, event sse.Encoded, now time.Time) {
	for len(r.items) >= r.keep.Count || len(r.items) > 0 && r.bytes+event.Len() > r.keep.Bytes {
		r.drop()
	}
	r.add(number, event, now)
}

func (r *ring) add(number uint64, event sse.Encoded, now time.Time) {
	r.items = append(r.items, item{number, now, event})
	r.bytes += event.Len()
}

// expire drops the events that are too old.
func (r *ring) expire(now time.Time) {
	for r.keep.Age > 0 && len(r.items) > 0 && now.Sub(r.items[0].at) >= r.keep.Age {
		r.drop()
	}
}

// drop drops the oldest event. Its slot is freed when append moves the events to
// a larger array.
func (r *ring) drop() {
	r.floor = r.items[0].number
	r.bytes -= r.items[0].event.Len()
	r.first++
	r.items[0] = item{}
	if r.items = r.items[1:]; len(r.items) == 0 {
		r.items = nil
	}
}

// reset drops all events and sets the floor.
func (r *ring) reset(floor uint64) {
	r.first += uint64(len(r.items))
	r.items, r.bytes, r.floor, r.end, r.fail = nil, 0, floor, 0, 0
}

// after returns the position after the event with a number, which may be of
// another topic. It reports false if a later event of this topic has been
// dropped.
func (r *ring) after(number uint64) (uint64, bool) {
	i := sort.Search(len(r.items), func(i int) bool { return r.items[i].number > number })
	return r.first + uint64(i), number >= r.floor
}

// read appends the events from a position on to dst: at least one, and no more
// than fit into a number of bytes. The position is within the ring or at its end.
func (r *ring) read(dst []sse.Encoded, position uint64, bytes int) []sse.Encoded {
	for i, it := range r.items[position-r.first:] {
		if bytes -= it.event.Len(); i > 0 && bytes < 0 {
			break
		}
		dst = append(dst, it.event)
	}
	return dst
}
