package broker_test

import (
	"bytes"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A sink is the connection of a client that records how long events took. For
// events that share a write, it records the oldest.
type sink struct {
	crowd   *crowd
	request *strings.Reader
	closed  chan struct{}
	once    sync.Once
	took    durations
}

func (s *sink) Read(p []byte) (int, error) {
	if s.request.Len() > 0 {
		return s.request.Read(p)
	}
	<-s.closed
	return 0, io.EOF
}

func (s *sink) Write(p []byte) (int, error) {
	_, after, found := bytes.Cut(p, []byte("data: "))
	if !found {
		return len(p), nil
	}
	line, _, _ := bytes.Cut(after, []byte("\n"))
	at, _ := strconv.Atoi(string(line))
	if s.crowd.timed {
		s.took = append(s.took, now()-time.Duration(at))
	}
	if s.crowd.missing.Add(int64(-bytes.Count(p, []byte("data: ")))) == 0 {
		s.crowd.done <- struct{}{}
	}
	return len(p), nil
}

func (s *sink) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func (*sink) LocalAddr() net.Addr              { return &net.UnixAddr{Name: "sink", Net: "sink"} }
func (*sink) RemoteAddr() net.Addr             { return &net.UnixAddr{Name: "sink", Net: "sink"} }
func (*sink) SetDeadline(time.Time) error      { return nil }
func (*sink) SetWriteDeadline(time.Time) error { return nil }

// SetReadDeadline is called when the server takes the connection back.
func (s *sink) SetReadDeadline(d time.Time) error {
	if !d.IsZero() && time.Until(d) < 0 {
		return s.Close()
	}
	return nil
}

type sinkListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *sinkListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *sinkListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (*sinkListener) Addr() net.Addr { return &net.UnixAddr{Name: "sink", Net: "sink"} }
