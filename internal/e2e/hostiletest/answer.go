package hostiletest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
)

// An Answer is a response that has been received.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Clean  bool // it ended as a complete message
}

// Read reads the next answer of a connection. Nil means that there was none.
func (v *Assault) Read(r *bufio.Reader, method string) *Answer {
	res, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		v.refused()
		return nil
	}
	return v.finish(res)
}

// finish reads the rest of an answer.
func (v *Assault) finish(res *http.Response) *Answer {
	body, err := io.ReadAll(io.LimitReader(res.Body, largest))
	_ = res.Body.Close()
	return &Answer{res.StatusCode, res.Header, body, err == nil && len(body) < largest}
}

// Judge checks the answer. It may contain only the tokens of its own connection's
// requests.
func (v *Assault) Judge(t Target, a *Answer, own ...string) {
	if a == nil {
		return
	}
	v.report.count(v.name, func(c *count) {
		if a.Clean {
			c.whole++
		} else {
			c.cut++
		}
	})
	said := a.Body
	for name, values := range a.Header {
		said = fmt.Appendf(said[:len(said):len(said)], "\n%s: %q", name, values)
	}
	for token := range tokens(said) {
		if !slices.Contains(own, token) {
			v.fault(t, a, "holds %s, the token of another request", token)
		}
	}
	for _, s := range v.Site.Secrets {
		if at := bytes.Index(said, []byte(s)); at >= 0 {
			v.fault(t, a, "holds a secret: %q", around(said, at))
		}
	}
	if at := trace(said); at >= 0 && !t.Tells {
		v.fault(t, a, "holds what errors look like: %q", around(said, at))
	}
	kind := a.Header.Get("Content-Type")
	if at := bytes.Index(a.Body, []byte(Mark)); at >= 0 && (kind == "" || strings.HasPrefix(kind, "text/html")) {
		v.fault(t, a, "holds a visitor's markup: %q", around(a.Body, at))
	}
	if !a.Clean || a.Status != http.StatusOK || t.Method == http.MethodHead {
		return
	}
	if t.Whole != nil && !t.Whole(a.Body) {
		v.fault(t, a, "ends like a whole one after %d bytes: %q", len(a.Body), a.Body[max(0, len(a.Body)-200):])
	} else if t.Echoes && !bytes.Contains(a.Body, []byte(own[0])) {
		v.fault(t, a, "does not hold its own token %s", own[0])
	}
}

// around is what stands around a place.
func around(b []byte, at int) []byte { return b[max(0, at-100):min(len(b), at+200)] }

func (v *Assault) fault(t Target, a *Answer, format string, args ...any) {
	v.report.faultAlike(format, fmt.Sprintf("%s, attack %d of the seed %d: the answer %d to %s %.300s %s",
		v.name, v.number, v.report.opts.Seed, a.Status, t.Method, t.URI, fmt.Sprintf(format, args...)))
}

// traces are what only errors and stacks of Go programs hold.
var traces = []string{"goroutine ", ".go:", "runtime error:", "panic:", "(0x"}

// tokens yields the tokens in b. Pages are long and the race detector makes
// regular expressions slow.
func tokens(b []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			at := bytes.Index(b, []byte("zq"))
			if at < 0 {
				return
			}
			b = b[at:]
			if n := tokenLen(b); n > 0 && !yield(string(b[:n])) {
				return
			}
			b = b[2:]
		}
	}
}

// tokenLen is the length of the token that b begins with, or 0: zq, hexadecimal
// digits, n, digits, qz.
func tokenLen(b []byte) int {
	digits := func(i int, of string) int {
		for i < len(b) && strings.IndexByte(of, b[i]) >= 0 {
			i++
		}
		return i
	}
	i := digits(2, "0123456789abcdef")
	if i == len(b) || b[i] != 'n' {
		return 0
	}
	i = digits(i+1, "0123456789")
	if !bytes.HasPrefix(b[i:], []byte("qz")) {
		return 0
	}
	return i + 2
}

// trace returns where b looks like an error of a Go program, or -1.
func trace(b []byte) int {
	for _, s := range traces {
		if at := bytes.Index(b, []byte(s)); at >= 0 {
			return at
		}
	}
	return -1
}
