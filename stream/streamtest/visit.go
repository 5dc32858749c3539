package streamtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/internal/pipes"
)

// A visit is one request and its response.
type visit struct {
	client  Client
	page    *Page
	start   time.Time
	conn    net.Conn // the client's end
	body    []byte   // that has come
	stalls  bool     // before the next read
	stalled bool     // the client has stalled
	gone    bool     // the client has left, or was cut
	cut     bool     // the network has failed
	carrier *carrier
	failure error // of the handler
}

// errGone is the error of reads after the client has left or was cut.
var errGone = errors.New("client gone")

// patience is how long a handler may take to return after its response has ended or
// its client has left.
const patience = time.Minute

// run asks h for r and receives the response. The error says why it is not whole.
func (v *visit) run(h http.Handler, r *http.Request) error {
	l := pipes.New()
	v.start = time.Now()
	v.carrier = &carrier{handler: h, request: r, returned: make(chan struct{})}
	srv := &http.Server{Handler: v.carrier}
	var running sync.WaitGroup
	running.Go(func() { _ = srv.Serve(l) })
	defer running.Wait()
	defer srv.Close()
	conn, err := l.Dial()
	if err != nil {
		return err
	}
	v.conn = conn
	defer conn.Close()
	// It ends with the connection.
	running.Go(func() { _ = envelope(r).Write(conn) })

	err = v.receive(r)
	v.page.Body, v.page.End = string(v.body), v.now()
	if v.gone && !v.cut {
		_ = conn.Close()
	}
	v.await()
	return err
}

// await waits until the handler has returned.
func (v *visit) await() {
	var late <-chan time.Time
	if !v.cut {
		t := time.NewTimer(patience)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-v.carrier.returned:
		v.failure = v.carrier.failure
	case <-late:
		v.failure = fmt.Errorf("the handler has not returned %v after the end of the response", patience)
	}
}

// now returns the time since the request.
func (v *visit) now() time.Duration { return time.Since(v.start).Round(time.Microsecond) }

// receive reads the response to r.
func (v *visit) receive(r *http.Request) error {
	in := bufio.NewReader(connReader{v})
	var resp *http.Response
	for {
		var err error
		if resp, err = http.ReadResponse(in, &http.Request{Method: r.Method}); err != nil {
			return fmt.Errorf("%w before its header", ErrAborted)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			break // not an informational response, such as 103 Early Hints
		}
	}
	v.page.Status, v.page.Header = resp.StatusCode, resp.Header
	buf := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buf)
		v.body = append(v.body, buf[:n]...)
		v.page.arrived(len(v.body), v.now())
		if v.look(len(v.body) - n); v.gone {
			return errGone
		}
		switch {
		case err == io.EOF:
			v.page.Trailer = resp.Trailer
			return nil
		case err != nil:
			return fmt.Errorf("%w after %d bytes", ErrAborted, len(v.body))
		}
	}
}

// look notes the Moments that have come in the body behind the first seen bytes.
func (v *visit) look(seen int) {
	if i := v.client.Leave.in(v.body, seen); i >= 0 && !v.gone {
		v.depart(false, i)
	}
	if i := v.client.Cut.in(v.body, seen); i >= 0 && !v.gone {
		v.depart(true, i)
	}
	if !v.stalled && v.client.Stall.in(v.body, seen) >= 0 {
		v.stalls = true
	}
}

// depart notes that the client has left or, if cut is true, that the network has
// failed. It drops what has come behind the first n bytes of the body.
func (v *visit) depart(cut bool, n int) {
	v.gone, v.cut = true, cut
	v.body = v.body[:n]
	v.page.cutAt(n)
}

// A connReader reads from the connection of a visit until the Moment when the client
// leaves, stalls or is cut.
type connReader struct{ v *visit }

func (c connReader) Read(p []byte) (int, error) {
	v := c.v
	for {
		if v.stalls && !v.stalled {
			v.stalled = true
			v.stall()
		}
		next := v.nextMoment()
		_ = v.conn.SetReadDeadline(next)
		n, err := v.conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		leaves, isCut := v.passed(v.client.Leave), v.passed(v.client.Cut)
		if leaves || isCut {
			v.depart(!leaves, len(v.body))
			return 0, errGone
		}
		v.stalls = true
	}
}

// stall waits for the time for which the client stalls, or until it leaves.
func (v *visit) stall() {
	end := time.Now().Add(v.client.StallFor)
	if next := v.nextMoment(); !next.IsZero() && next.Before(end) {
		end = next
	}
	time.Sleep(time.Until(end))
}

// nextMoment returns the time of the next Moment that has a time, or zero.
func (v *visit) nextMoment() (next time.Time) {
	moments := []Moment{v.client.Leave, v.client.Cut}
	if !v.stalled && v.client.StallFor > 0 {
		moments = append(moments, v.client.Stall)
	}
	for _, m := range moments {
		if t := v.start.Add(m.after); m.kind == afterTime && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// passed reports whether m has a time that has come.
func (v *visit) passed(m Moment) bool {
	return m.kind == afterTime && time.Since(v.start) >= m.after
}

// envelope returns the request that goes over the connection: no more than what makes
// the server read the body, and answer as the method requires.
func envelope(r *http.Request) *http.Request {
	out, _ := http.NewRequestWithContext(context.Background(), r.Method, "http://"+defaultHost+"/", nil)
	out.Body, out.ContentLength, out.TransferEncoding = r.Body, r.ContentLength, r.TransferEncoding
	return out
}
