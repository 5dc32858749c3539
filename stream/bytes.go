package stream

import "sync"

// bytesPool holds byte slices that responses no longer need. A slice is put back
// only when no load can reach it.
var bytesPool sync.Pool

// maxPooled is the largest capacity, in bytes, of a slice that is put back, so
// that the memory of a huge page is released.
const maxPooled = 256 << 10

func getBytes() []byte {
	if b, _ := bytesPool.Get().(*[]byte); b != nil {
		return (*b)[:0]
	}
	return make([]byte, 0, 4<<10)
}

func putBytes(b []byte) {
	if cap(b) > 0 && cap(b) <= maxPooled {
		bytesPool.Put(&b)
	}
}

// holesPool holds the slices in which pages had their holes.
var holesPool sync.Pool

// maxPooledHoles limits the length of a slice that is put back.
const maxPooledHoles = 1 << 12

func getHoles() []hole {
	if h, _ := holesPool.Get().(*[]hole); h != nil {
		return *h
	}
	return make([]hole, 0, 4)
}

func putHoles(h []hole) {
	if cap(h) > 0 && cap(h) <= maxPooledHoles {
		clear(h[:cap(h)])
		empty := h[:0] // so that h does not move to the heap
		holesPool.Put(&empty)
	}
}
