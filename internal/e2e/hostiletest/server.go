package hostiletest

import (
	"context"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Server serves a site on loopback, over HTTP/1 and, without TLS, HTTP/2. It
// has the limits that the documentation recommends, with shorter times.
type Server struct {
	Addr string
	http *http.Server
	log  errorLog
	done chan struct{}
}

// Serve serves h until Close.
func Serve(h http.Handler) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var p http.Protocols
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	s := &Server{Addr: l.Addr().String(), done: make(chan struct{})}
	s.http = &http.Server{
		Handler:           h,
		Protocols:         &p,
		ReadHeaderTimeout: time.Second,
		ReadTimeout:       2 * time.Second,
		WriteTimeout:      2 * time.Second,
		IdleTimeout:       2 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(&s.log, "", 0),
	}
	go func() { // Close waits for it
		defer close(s.done)
		_ = s.http.Serve(l)
	}()
	return s, nil
}

// Close stops the server and, after a while, its remaining answers.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.done
}

// An errorLog keeps the messages of net/http, except those about clients that
// misbehave.
type errorLog struct {
	mu    sync.Mutex
	lines []string // panics and misuse
}

func (l *errorLog) Write(b []byte) (int, error) {
	line := string(b)
	if strings.Contains(line, "panic serving") || strings.Contains(line, "superfluous") {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.lines = append(l.lines, line)
	}
	return len(b), nil
}

func (l *errorLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}
