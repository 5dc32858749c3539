package hostiletest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// longest limits one attack with all its connections.
const longest = 6 * time.Second

// largest limits the bytes that are read of one answer.
const largest = 16 << 20

// An Assault is an attack in progress.
type Assault struct {
	*rand.Rand
	Site   *Site
	ctx    context.Context
	report *Report
	name   string
	number uint64
	tokens uint64
}

// Token returns a new token, which no other request has.
func (v *Assault) Token() string {
	v.tokens++
	return v.report.token(v.number*1000 + v.tokens)
}

func (r *Report) token(n uint64) string { return fmt.Sprintf("zq%xn%dqz", r.mark, n) }

// Target chooses a target and its token.
func (v *Assault) Target() (Target, string) {
	token := v.Token()
	t := v.Site.Target(v.Rand, token)
	if t.Method == "" {
		t.Method = http.MethodGet
	}
	return t, token
}

// Page chooses a target that is fetched and ends.
func (v *Assault) Page() (Target, string) {
	for {
		if t, token := v.Target(); t.Method == http.MethodGet && !t.Stream {
			return t, token
		}
	}
}

// Pause waits, but not beyond the end of the attack.
func (v *Assault) Pause(d time.Duration) {
	select {
	case <-v.ctx.Done():
	case <-time.After(d):
	}
}

// Upto returns a random time below d.
func (v *Assault) Upto(d time.Duration) time.Duration { return time.Duration(v.Int64N(int64(d))) }

// Dial opens a connection that ends with the attack. Nil means that the server
// has accepted none, which it may.
func (v *Assault) Dial() *net.TCPConn {
	c, err := (&net.Dialer{}).DialContext(v.ctx, "tcp", v.Site.Server.Addr)
	if err != nil {
		v.refused()
		return nil
	}
	deadline, _ := v.ctx.Deadline()
	_ = c.SetDeadline(deadline)
	return c.(*net.TCPConn)
}

// Reset closes a connection without a proper end.
func Reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

// Request is a request as it goes over the wire. More headers end in CRLF.
func (v *Assault) Request(t Target, headers string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", t.Method, t.URI, v.Site.Server.Addr, headers)
	if t.Body != "" || t.Method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n", t.Type, len(t.Body))
	}
	return b.String() + "\r\n" + t.Body
}

// Fault records another fault.
func (v *Assault) Fault(text string) {
	v.report.faultAlike(text, fmt.Sprintf("%s, attack %d of the seed %d: %s", v.name, v.number, v.report.opts.Seed, text))
}

func (v *Assault) refused() { v.report.count(v.name, func(c *count) { c.refused++ }) }
