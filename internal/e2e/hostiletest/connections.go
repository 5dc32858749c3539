package hostiletest

import (
	"bufio"
	"fmt"
	"net/http"
	"time"
)

// connections are attacks by clients that do not keep their end of a connection.
var connections = []Attack{
	{"connection: half a head", halfHead},
	{"connection: a head that never ends", endlessHead},
	{"connection: a body that never comes", bodyNeverComes},
	{"connection: chunks that never end", chunksNeverEnd},
	{"connection: reset in the middle", resetInTheMiddle},
	{"connection: closed for writing", halfClosed},
	{"connection: slow reader", slowReader},
	{"connection: no reader", noReader},
}

// halfHead sends a part of a request and then nothing.
func halfHead(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	t, _ := v.Target()
	req := v.Request(t, "")
	_, _ = c.Write([]byte(req[:v.IntN(len(req))]))
	v.Pause(v.Upto(300 * time.Millisecond))
	if v.IntN(2) == 0 {
		Reset(c)
		return
	}
	_ = c.Close()
}

// endlessHead sends one field after the other.
func endlessHead(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	t, _ := v.Target()
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n", t.URI)
	for i := range 20 {
		v.Pause(v.Upto(30 * time.Millisecond))
		if _, err := fmt.Fprintf(c, "X-%d: %d\r\n", i, v.Uint64()); err != nil {
			return
		}
	}
}

// bodyNeverComes promises a body, sends none or a part of it, and reads.
func bodyNeverComes(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	t, token := v.Target()
	t.Method = http.MethodPost
	_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%.*s",
		t.URI, t.Type, len(t.Body)+1+v.IntN(1<<20), v.IntN(len(t.Body)+1), t.Body)
	_ = c.SetReadDeadline(time.Now().Add(v.Upto(3 * time.Second)))
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

// chunksNeverEnd sends a body in chunks that get slower, with an extension each.
func chunksNeverEnd(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	t, token := v.Target()
	t.Method = http.MethodPost
	_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n", t.URI)
	for range v.IntN(20) {
		if _, err := fmt.Fprintf(c, "1;%0*d\r\na\r\n", v.IntN(2000), 1); err != nil {
			break
		}
		v.Pause(v.Upto(20 * time.Millisecond))
	}
	_ = c.SetReadDeadline(time.Now().Add(v.Upto(time.Second)))
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

// resetInTheMiddle leaves without a proper end after some bytes.
func resetInTheMiddle(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	t, _ := v.Target()
	_, _ = c.Write([]byte(v.Request(t, "")))
	b := make([]byte, 1+v.IntN(20_000))
	_ = c.SetReadDeadline(time.Now().Add(v.Upto(300 * time.Millisecond)))
	for n := 0; n < len(b); {
		k, err := c.Read(b[n:])
		if err != nil {
			return
		}
		n += k
	}
}

// halfClosed says that it has no more to send, which net/http takes for leaving.
func halfClosed(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	t, token := v.Page()
	_, _ = c.Write([]byte(v.Request(t, "")))
	v.Pause(v.Upto(20 * time.Millisecond))
	_ = c.CloseWrite()
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

// slowReader reads a few bytes at a time and leaves.
func slowReader(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	_ = c.SetReadBuffer(4 << 10)
	t, _ := v.Target()
	_, _ = c.Write([]byte(v.Request(t, "")))
	b := make([]byte, 1+v.IntN(256))
	for end := time.Now().Add(v.Upto(2 * time.Second)); time.Now().Before(end); {
		if _, err := c.Read(b); err != nil {
			return
		}
		v.Pause(v.Upto(40 * time.Millisecond))
	}
}

// noReader asks for several answers and reads none.
func noReader(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	_ = c.SetReadBuffer(4 << 10)
	for range 1 + v.IntN(3) {
		t, _ := v.Target()
		_, _ = c.Write([]byte(v.Request(t, "")))
	}
	v.Pause(v.Upto(2 * time.Second))
}
