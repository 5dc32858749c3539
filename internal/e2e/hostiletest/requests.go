package hostiletest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// requests are attacks by what a request is made of.
var requests = []Attack{
	{"request: pipelined", pipelined},
	{"request: one after the other", oneAfterTheOther},
	{"request: huge head", hugeHead},
	{"request: bad method", badMethod},
	{"request: smuggled", smuggled},
	{"request: HTTP/1.0", oldProtocol},
	{"request: garbage", garbage},
	{"request: mixed headers", mixedHeaders},
	{"request: to what is closed", toWhatIsClosed},
}

// pipelined sends several requests at once. Each answer holds its own token.
func pipelined(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	type asked struct {
		Target
		token string
	}
	var all []asked
	var b strings.Builder
	for range 2 + v.IntN(5) {
		t, token := v.Page()
		all = append(all, asked{t, token})
		b.WriteString(v.Request(t, v.headers()))
	}
	go func() { _, _ = io.WriteString(c, b.String()) }() // ends with the connection
	r := bufio.NewReader(c)
	for _, q := range all {
		a := v.Read(r, q.Method)
		v.Judge(q.Target, a, q.token)
		if a == nil || !a.Clean {
			return
		}
	}
}

// oneAfterTheOther uses one connection for requests of several kinds.
func oneAfterTheOther(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for range 1 + v.IntN(6) {
		t, token := v.Target()
		if t.Stream {
			continue
		}
		if _, err := io.WriteString(c, v.Request(t, v.headers())); err != nil {
			return
		}
		a := v.Read(r, t.Method)
		v.Judge(t, a, token)
		if a == nil || !a.Clean {
			return
		}
	}
}

// hugeHead has many fields, or long ones, or a long path.
func hugeHead(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	t, token := v.Page()
	var h strings.Builder
	switch v.IntN(4) {
	case 0:
		fmt.Fprintf(&h, "X-Long: %s\r\n", strings.Repeat("a", v.IntN(200<<10)))
	case 1:
		for i := range v.IntN(3000) {
			fmt.Fprintf(&h, "X-%d: %d\r\n", i, i)
		}
	case 2:
		fmt.Fprintf(&h, "Cookie: %s\r\n", strings.Repeat("a=b; ", v.IntN(12<<10)))
	default:
		t.URI += "&more=" + strings.Repeat("%3C", v.IntN(30<<10))
	}
	go func() { _, _ = io.WriteString(c, v.Request(t, h.String())) }() // ends with the connection
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

var methods = []string{"HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "TRACE", "PROPFIND", "get", "CONNECT", "QUERY", "", "GET\t", "PRI", "\x00", "POST"}

func badMethod(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	t, token := v.Page()
	t.Method = methods[v.IntN(len(methods))]
	_, _ = io.WriteString(c, v.Request(t, "Content-Length: 0\r\n"))
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

// smuggled has a head whose meaning two servers may see in two ways, with another
// request in what may be the body.
func smuggled(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	t, token := v.Page()
	inner, other := v.Page()
	hidden := v.Request(inner, "")
	heads := []string{
		"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n",
		"Transfer-Encoding: xchunked\r\nContent-Length: %d\r\n\r\n",
		"Transfer-Encoding: chunked, identity\r\nX: %d\r\n\r\n",
		"Transfer-Encoding : chunked\r\nX: %d\r\n\r\n0\r\n\r\n",
		"Content-Length: 0\r\nContent-Length: %d\r\n\r\n",
		"Content-Length: +%d\r\n\r\n",
		"Content-Length: -%d\r\n\r\n",
		"X: %d\r\n Content-Length: 3\r\n\r\n",
		"X: %d\nHost: y\n\n",
		"X: \x00%d\r\n\r\n",
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n",
		"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nX: %d\r\n\r\n",
	}
	method := [...]string{"GET", "POST"}[v.IntN(2)]
	head := fmt.Sprintf(heads[v.IntN(len(heads))], len(hidden))
	_, _ = fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: x\r\n%s%s", method, t.URI, head, hidden)
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
	r := bufio.NewReader(c)
	whole := []func([]byte) bool{t.Whole, inner.Whole} // of the answers to come
	for len(whole) > 0 {
		res, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			v.refused()
			return
		}
		if res.StatusCode < 200 {
			continue // 100 Continue
		}
		a := v.finish(res)
		v.Judge(Target{Method: method, URI: t.URI, Whole: whole[0], Tells: t.Tells || inner.Tells}, a, token, other)
		if whole = whole[1:]; !a.Clean {
			return
		}
	}
}

// oldProtocol has no chunks: only a reset can tell that a page is cut.
func oldProtocol(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	t, token := v.Page()
	more := [...]string{"", "Connection: keep-alive\r\n", "Connection: close\r\n"}[v.IntN(3)]
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.0\r\n%s%s\r\n", t.URI, more, v.headers())
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

// garbage is no HTTP, or begins like it.
func garbage(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	b := make([]byte, v.IntN(2000))
	for i := range b {
		b[i] = byte(v.Uint32())
	}
	begins := []string{"", "GET / HTTP/9.9\r\n", "GET / HTTP/1.1\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"}
	_, _ = c.Write(append([]byte(begins[v.IntN(len(begins))]), b...))
	_ = c.SetReadDeadline(time.Now().Add(v.Upto(500 * time.Millisecond)))
	said, _ := io.ReadAll(io.LimitReader(c, 64<<10))
	for _, s := range v.Site.Secrets {
		if bytes.Contains(said, []byte(s)) {
			v.report.fault("garbage is answered with the secret %q", s)
		}
	}
}

// mixedHeaders sends contradictory headers about the client.
func mixedHeaders(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	t, token := v.Page()
	_, _ = io.WriteString(c, v.Request(t, v.headers()+v.headers()))
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

// toWhatIsClosed asks like a client of this machine, without the secret.
func toWhatIsClosed(v *Assault) {
	for _, path := range v.Site.Closed {
		t := Target{Method: http.MethodGet, URI: path}
		if v.IntN(2) == 0 {
			t.URI += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "token=" + url.QueryEscape(v.Value())
		}
		c := v.Dial()
		if c == nil {
			return
		}
		hosts := []string{"localhost", "127.0.0.1", "[::1]", v.Site.Server.Addr, "inspect.localhost"}
		_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", t.URI, hosts[v.IntN(len(hosts))],
			[...]string{"", "X-Forwarded-For: 127.0.0.1\r\n", "Cookie: rivulet-inspect=x; inspect=" + Mark + "\r\n"}[v.IntN(3)])
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		a := v.Read(bufio.NewReader(c), t.Method)
		v.Judge(t, a)
		if a != nil && a.Status < 400 {
			v.fault(t, a, "is given to somebody without the secret")
		}
		_ = c.Close()
	}
}

// fields are those that Rivulet, its middleware or net/http look at.
var fields = map[string][]string{
	"Accept":                    {"text/html", "*/*", "", "text/event-stream", "text/html;q=0", "\xff", Mark},
	"Accept-Encoding":           {"gzip", "br", "identity;q=0", "*"},
	"Cache-Control":             {"no-cache", "only-if-cached"},
	"Connection":                {"keep-alive", "close", "upgrade", "X-A, close"},
	"Cookie":                    {"a=" + Mark, "; ; =", "rivulet=" + strings.Repeat("x", 300)},
	"Datastar-Request":          {"true"},
	"Forwarded":                 {"for=127.0.0.1;host=localhost", "for=\"_x\""},
	"HX-Request":                {"true", "1", "false", Mark},
	"HX-Target":                 {"x", Mark},
	"If-Modified-Since":         {"Fri, 27 Nov 2026 10:00:00 GMT"},
	"If-None-Match":             {"*", `"x"`},
	"Last-Event-ID":             {"0-0", Mark, "18446744073709551616", strings.Repeat("9", 400)},
	"Origin":                    {"https://evil.example", "null"},
	"Range":                     {"bytes=0-0", "bytes=-1", "bytes=0-,0-,0-,0-"},
	"Referer":                   {"https://evil.example/" + Mark},
	"Rivulet":                   {"1", "region", "a/b/c", Mark, strings.Repeat("a/", 500), "reviews, reviews", "../x"},
	"Sec-Fetch-Dest":            {"document", "empty", "iframe", "frame", "embed", "script", "x", ""},
	"Sec-Fetch-Mode":            {"navigate", "cors", "no-cors", "x"},
	"Sec-Fetch-Site":            {"same-origin", "cross-site", "none"},
	"Te":                        {"trailers"},
	"Turbo-Frame":               {"x", Mark},
	"Upgrade":                   {"websocket", "h2c"},
	"Upgrade-Insecure-Requests": {"1", "0"},
	"X-Forwarded-For":           {"127.0.0.1", "::1"},
	"X-Forwarded-Host":          {"evil.example", "localhost"},
	"X-Http-Method-Override":    {"DELETE"},
	"X-Requested-With":          {"XMLHttpRequest", "com.example.app"},
	"X-Up-Version":              {"3.0"},
}

// fieldNames are in an order that does not change from run to run.
var fieldNames = sortedKeys(fields)

// headers are some of the fields, with a value each.
func (v *Assault) headers() string {
	var b strings.Builder
	for range v.IntN(6) {
		name := fieldNames[v.IntN(len(fieldNames))]
		values := fields[name]
		fmt.Fprintf(&b, "%s: %s\r\n", name, values[v.IntN(len(values))])
	}
	return b.String()
}
