package hostiletest

import (
	"bufio"
	"io"
	"net"
	"strings"
	"time"
)

// floods are attacks by number. They are bounded: this is a test, on a machine
// that others use.
var floods = []Attack{
	{"flood: requests on one connection", floodOfRequests},
	{"flood: connections", floodOfConnections},
	{"flood: pages that nobody waits for", floodOfPages},
}

// floodOfRequests sends small requests as fast as they are answered.
func floodOfRequests(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for range 10 + v.IntN(30) {
		t, token := v.Page()
		t.Method = "HEAD"
		if _, err := io.WriteString(c, v.Request(t, "")); err != nil {
			return
		}
		a := v.Read(r, t.Method)
		v.Judge(t, a, token)
		if a == nil || !a.Clean {
			return
		}
	}
}

func floodOfConnections(v *Assault) {
	var all []*net.TCPConn
	for range 10 + v.IntN(40) {
		if c := v.Dial(); c != nil {
			all = append(all, c)
		}
	}
	v.Pause(v.Upto(50 * time.Millisecond))
	for _, c := range all {
		Reset(c)
	}
}

// floodOfPages asks for many pages and leaves before the first has come.
func floodOfPages(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	var b strings.Builder
	for range 5 + v.IntN(20) {
		t, _ := v.Page()
		b.WriteString(v.Request(t, ""))
	}
	_, _ = io.WriteString(c, b.String())
	v.Pause(v.Upto(50 * time.Millisecond))
	Reset(c)
}
