package llm

import (
	"bytes"
	"io"
)

// errorFields reads a stream of events and turns each line "error: TEXT", a field
// that the standard does not have, into an event named error. llama.cpp reports
// errors in this way (until the end of 2025):
// https://github.com/coddy-project/coddy-agent/pull/106
type errorFields struct {
	r       io.Reader
	matched int // bytes of the line that match errorField; -1: it is another line
	out     []byte
	buf     [4 << 10]byte
	err     error
}

const errorField = "error:"

func (f *errorFields) Read(p []byte) (int, error) {
	for len(f.out) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		var n int
		n, f.err = f.r.Read(f.buf[:])
		f.translate(f.buf[:n])
		if n == 0 && f.err == nil {
			return 0, nil
		}
		if f.err != nil && f.matched > 0 {
			f.release()
		}
	}
	n := copy(p, f.out)
	f.out = f.out[n:]
	return n, nil
}

// translate appends b to out. It keeps back the start of a line as long as that
// may become the field.
func (f *errorFields) translate(b []byte) {
	f.out = f.out[:0]
	for len(b) > 0 {
		if f.matched < 0 {
			end := bytes.IndexAny(b, "\r\n") + 1
			if end == 0 {
				f.out = append(f.out, b...)
				return
			}
			f.out = append(f.out, b[:end]...)
			b = b[end:]
			f.matched = 0
			continue
		}
		if b[0] != errorField[f.matched] {
			f.release()
			continue
		}
		b = b[1:]
		if f.matched++; f.matched == len(errorField) {
			f.out = append(f.out, "event: error\ndata:"...)
			f.matched = -1
		}
	}
}

// release passes on what was kept back.
func (f *errorFields) release() {
	f.out = append(f.out, errorField[:f.matched]...)
	f.matched = -1
}
