package stream

import "sync"

// Byte slices are the only thing that responses share, and only while no load
// can reach them.
var bytesPool sync.Pool

// maxPooled keeps one huge page from holding its memory for ever.
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
