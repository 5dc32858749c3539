package main

import (
	"strings"
	"testing"
)

func TestHubKeepsThePassword(t *testing.T) {
	for _, url := range []string{
		"nats://user:secret@127.0.0.1:1",
		"nats://user:secret%zz@127.0.0.1:1",
		"nats://user:secret/@127.0.0.1:1",
		"nats://user:secret @127.0.0.1:1",
		"nats://127.0.0.1:1,nats://user:secret@[::1",
	} {
		t.Run(url, func(t *testing.T) {
			h, err := openHub(url, "")
			if err == nil {
				h.Close()
				t.Fatal("openHub() succeeded, want an error")
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("openHub() = %v, want no password in it", err)
			}
		})
	}
}
