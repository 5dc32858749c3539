package main

import (
	"errors"
	"net"
	"strconv"
	"syscall"
)

// listen opens addr. If addr is empty, listen opens the first free port from 8080
// on.
func listen(addr string) (l net.Listener, err error) {
	if addr != "" {
		return net.Listen("tcp", addr)
	}
	for port := 8080; port < 8180; port++ {
		l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return l, err
}
