package pagebench_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// patience is how long an answer may take.
const patience = time.Minute

// A conn is a connection over HTTP/1.1 that sees when bytes arrive and how they
// are cut. It takes less time than an http.Client, which would be slower than the
// servers.
type conn struct {
	net.Conn
	in *bufio.Reader
}

func dial(addr string, buffer int) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, buffer)}, nil
}

// An arrival tells how an answer arrived.
type arrival struct {
	first, last time.Duration // from the request to the first and the last byte of the body
	chunks      int           // of the body, which are the writes of a server that flushes each
}

// get requests a page and copies the body to w. The headers are those of a browser
// that navigates.
func (c *conn) get(path string, w io.Writer) (a arrival, err error) {
	begin := time.Now()
	if err := c.request(path); err != nil {
		return a, err
	}
	length, err := c.header()
	if err != nil {
		return a, err
	}
	if _, err := c.in.Peek(1); err != nil {
		return a, err
	}
	a.first = time.Since(begin)
	if length >= 0 {
		_, err = io.CopyN(w, c.in, length)
	} else {
		a.chunks, err = c.copyChunks(w)
	}
	a.last = time.Since(begin)
	return a, err
}

func (c *conn) request(path string) error {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"+
		"Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n")
	return err
}

// header reads the status and the headers. It returns the length of the body, or
// -1 if that is chunked.
func (c *conn) header() (length int64, err error) {
	status, err := c.line()
	if err != nil {
		return 0, err
	}
	if status != "HTTP/1.1 200 OK" {
		return 0, fmt.Errorf("the answer is %q", status)
	}
	length = -1
	for {
		line, err := c.line()
		if line == "" || err != nil {
			return length, err
		}
		if s, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.ParseInt(s, 10, 64); err != nil {
				return 0, err
			}
		}
	}
}

func (c *conn) copyChunks(w io.Writer) (n int, err error) {
	for {
		line, err := c.line()
		if err != nil {
			return n, err
		}
		size, err := strconv.ParseInt(line, 16, 64)
		if err != nil {
			return n, err
		}
		if _, err := io.CopyN(w, c.in, size); err != nil {
			return n, err
		}
		if _, err := c.in.Discard(len("\r\n")); err != nil {
			return n, err
		}
		if size == 0 {
			return n, nil
		}
		n++
	}
}

func (c *conn) line() (string, error) {
	line, err := c.in.ReadSlice('\n')
	return strings.TrimSuffix(string(line), "\r\n"), err
}
