package broker

import (
	"sort"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A ring holds the events of a topic that are retained. A position in it is a
// count of the topic's own events, which has no holes, unlike their numbers.
type ring struct {
	keep  Retention
	items []item
	first uint64 // the position of items[0]
	bytes int
	floor uint64 // the number of the last event that has been dropped
}

type item struct {
	number uint64
	at     time.Time
	event  sse.Encoded
}

// next returns the position of the event that will come next.
func (r *ring) next() uint64 { return r.first + uint64(len(r.items)) }

// push appends an event with a number higher than those before.
func (r *ring) push(number uint64, event sse.Encoded, now time.Time) {
	r.expire(now)
	for len(r.items) >= r.keep.Count || len(r.items) > 0 && r.bytes+event.Len() > r.keep.Bytes {
		r.drop()
	}
	r.items = append(r.items, item{number, now, event})
	r.bytes += event.Len()
}

// expire drops what is too old.
func (r *ring) expire(now time.Time) {
	for r.keep.Age > 0 && len(r.items) > 0 && now.Sub(r.items[0].at) >= r.keep.Age {
		r.drop()
	}
}

// drop drops the oldest event. What append leaves behind it is freed when the
// events move to a larger array.
func (r *ring) drop() {
	r.floor = r.items[0].number
	r.bytes -= r.items[0].event.Len()
	r.first++
	r.items[0] = item{}
	if r.items = r.items[1:]; len(r.items) == 0 {
		r.items = nil
	}
}

// reset drops everything up to a number.
func (r *ring) reset(floor uint64) {
	r.first += uint64(len(r.items))
	r.items, r.bytes, r.floor = nil, 0, floor
}

// after returns the position after the event with that number, which may be one
// of another topic. It reports false if an event between is no longer there.
func (r *ring) after(number uint64) (uint64, bool) {
	i := sort.Search(len(r.items), func(i int) bool { return r.items[i].number > number })
	return r.first + uint64(i), number >= r.floor
}

// read appends whole events from position on, at least one and else at most so
// many bytes. The position is not before the first and not after the next one.
func (r *ring) read(dst []sse.Encoded, position uint64, bytes int) []sse.Encoded {
	for i, it := range r.items[position-r.first:] {
		if bytes -= it.event.Len(); i > 0 && bytes < 0 {
			break
		}
		dst = append(dst, it.event)
	}
	return dst
}
