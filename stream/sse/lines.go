package sse

import (
	"bytes"
	"io"
)

// lines splits its input at LF, CR and CRLF, without a byte order mark at the
// start. It keeps only the part of a line that one read has returned, unless the
// caller leaves a part unread.
type lines struct {
	r          io.Reader
	err        error
	buf        []byte
	start, end int  // bounds of the unread bytes in buf
	lf, cr     int  // indexes of the next ones in buf; end if none, below start if unknown
	afterCR    bool // an LF that comes next belongs to the line before
	began      bool // the byte order mark, if any, has been read
	empty      int  // reads in a row that returned neither bytes nor an error
}

const (
	bufferSize = 16 << 10
	mostEmpty  = 100 // as in bufio
	mark       = "\uFEFF"
)

// next returns the next line and removes it from the input if its end has been
// read. Otherwise next returns the part that has been read, and leaves it. The
// line is valid until fill.
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

// index returns the index of the next c. The caller keeps it until it has been
// passed, so that no byte is searched twice.
func (l *lines) index(c byte) int {
	if i := bytes.IndexByte(l.buf[l.start:l.end], c); i >= 0 {
		return l.start + i
	}
	return l.end
}

// begin removes the byte order mark. It reports false if it needs more bytes to
// decide.
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

// take removes the part of a line that next has returned.
func (l *lines) take() { l.start = l.end }

// fill calls Read once.
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
