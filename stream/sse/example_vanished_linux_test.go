package sse_test

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// The server is not told when the network of a client fails. Linux keeps the
// bytes that were sent and repeats them for a quarter of an hour. Heartbeats are
// so small that no write ever blocks. TCP_USER_TIMEOUT makes TCP give up earlier,
// and over HTTP/2 the server can send pings.
func Example_clientsThatVanish() {
	const userTimeout = 18 // TCP_USER_TIMEOUT of Linux, see tcp(7)
	listen := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		unusable := c.Control(func(socket uintptr) {
			err = syscall.SetsockoptInt(int(socket), syscall.IPPROTO_TCP, userTimeout, 30_000) // ms
		})
		return cmp.Or(unusable, err)
	}}
	listen.SetMultipathTCP(false) // Multipath TCP does not have the option
	l, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{
		Handler: sse.Handler(func(ctx context.Context, s *sse.Stream) error {
			<-ctx.Done()
			return ctx.Err()
		}),
		// Behind a proxy, or with TLS, clients may use HTTP/2.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
		// Only to show that connections inherit the option from the listener.
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			fmt.Println("unacknowledged for", userTimeoutOf(c.(*net.TCPConn), userTimeout))
			return ctx
		},
	}
	go server.Serve(l) // ends with Close
	defer server.Close()

	res, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = res.Body.Close()
	// Output: unacknowledged for 30s
}

func userTimeoutOf(c *net.TCPConn, option int) (d time.Duration) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(socket uintptr) {
		ms, _ := syscall.GetsockoptInt(int(socket), syscall.IPPROTO_TCP, option)
		d = time.Duration(ms) * time.Millisecond
	})
	return d
}
