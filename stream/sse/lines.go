package sse

import (
	"bytes"
	"io"
)

// lines cuts what r reads at LF, CR and CRLF, without the byte order mark that
// may stand first. It keeps no more of a line than what one read has brought
// unless it is asked to.
type lines struct {
	r          io.Reader
	err        error
	buf        []byte
	start, end int  // of what is unread, in buf
	lf, cr     int  // where the next ones are, in buf; end: there is none; less than start: not known
	afterCR    bool // an LF that comes next belongs to the line before
	began      bool // no byte order mark can come any more
	empty      int  // reads in a row that brought neither bytes nor an error
}

const (
	bufferSize = 16 << 10
	mostEmpty  = 100 // as in bufio
	mark       = "\uFEFF"
)

// next returns the next line if all of it is there, and takes it. Else it
// returns the part that is there and leaves it. The line is valid until fill.
func (l *lines) next() (line []byte, whole bool) {
	if l.start == l.end || !l.began && !l.begin() {
		return nil, false
	}
	if l.afterCR {
		l.afterCR = false
		if l.buf[l.start] == '\n' {
			if l.start++; l.start == l.end {
				return nil, false
			}
		}
	}
	if l.lf < l.start {
		l.lf = l.index('\n')
	}
	if l.cr < l.start {
		l.cr = l.index('\r')
	}
	i := min(l.lf, l.cr)
	line = l.buf[l.start:i]
	if i == l.end {
		return line, false
	}
	l.start = i + 1
	l.afterCR = i == l.cr
	return line, true
}

// index returns where the next c is. Kept until it has been passed, so that
// no byte is looked at twice.
func (l *lines) index(c byte) int {
	if i := bytes.IndexByte(l.buf[l.start:l.end], c); i >= 0 {
		return l.start + i
	}
	return l.end
}

// begin drops the byte order mark. It reports false if more bytes must tell
// whether there is one.
func (l *lines) begin() bool {
	have := l.buf[l.start:l.end]
	if len(have) < len(mark) && bytes.HasPrefix([]byte(mark), have) {
		return false
	}
	if bytes.HasPrefix(have, []byte(mark)) {
		l.start += len(mark)
	}
	l.began = true
	return l.start < l.end
}

// take takes the part of a line that next has returned.
func (l *lines) take() { l.start = l.end }

// fill reads once.
func (l *lines) fill() {
	if l.buf == nil {
		l.buf = make([]byte, bufferSize)
	}
	l.end = copy(l.buf, l.buf[l.start:l.end])
	l.start = 0
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	l.lf, l.cr = -1, -1
	l.err = err
	if n > 0 || err != nil {
		l.empty = 0
	} else if l.empty++; l.empty == mostEmpty {
		l.err = io.ErrNoProgress
	}
}
