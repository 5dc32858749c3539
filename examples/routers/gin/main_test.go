package main

import (
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/examples/routers/streams"
)

func TestThePageStreams(t *testing.T) {
	gate := make(streams.Gate)
	server := httptest.NewServer(routes(gate.Load))
	defer server.Close()
	streams.Test(t, server.URL, gate)
}
