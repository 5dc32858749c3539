package main

import (
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/rivulet-go/rivulet/examples/routers/streams"
)

func TestThePageStreams(t *testing.T) {
	gate := make(streams.Gate)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	app := routes(gate.Load)
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }() // waited for below
	streams.Test(t, "http://"+l.Addr().String()+"/", gate)
	if err := app.Shutdown(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
