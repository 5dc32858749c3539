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
