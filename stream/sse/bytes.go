package sse

import "sync"

// A buffer holds an event while it is encoded and sent. Streams that wait hold
// none.
type buffer struct{ b []byte }

var bufferPool = sync.Pool{New: func() any { return new(buffer) }}

// maxPooled is the largest buffer that is pooled, so that one huge event does not
// hold its memory for ever.
const maxPooled = 256 << 10

// getBuffer returns an empty buffer.
func getBuffer() *buffer {
	return bufferPool.Get().(*buffer)
}

func putBuffer(buf *buffer) {
	if cap(buf.b) <= maxPooled {
		buf.b = buf.b[:0]
		bufferPool.Put(buf)
	}
}
