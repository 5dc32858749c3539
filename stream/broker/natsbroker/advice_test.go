package natsbroker_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

// TestAdvice has servers on which the stream cannot be created.
func TestAdvice(t *testing.T) {
	small := startServer(t, &server.Options{JetStreamMaxStore: 100 << 20, JetStreamMaxMemory: 10 << 20})
	off, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	off.Start()
	t.Cleanup(func() { stopServer(off) })
	if !off.ReadyForConnections(patience) {
		t.Fatal("the server does not start")
	}
	limited := startServer(t, &server.Options{})
	if err := limited.GlobalAccount().UpdateJetStreamLimits(map[string]server.JetStreamAccountLimits{
		"": {MaxMemory: -1, MaxStore: -1, MaxConsumers: -1, MaxStreams: 1, StoreMaxStreamBytes: 10 << 20},
	}); err != nil {
		t.Fatal(err)
	}
	open(t, natsbroker.Options{URL: "nats://" + limited.Addr().String(), Stream: "ONLY", Bytes: 1 << 20})
	open(t, natsbroker.Options{URL: "nats://" + small.Addr().String(), Stream: "TAKEN", Bytes: 1 << 20})
	for _, c := range []struct {
		name   string
		server *server.Server
		o      natsbroker.Options
		want   string
	}{
		{"too little space for files", small, natsbroker.Options{}, "Options.Bytes = 1073741824 bytes on 1 server(s), lower it or raise max_file_store of NATS"},
		{"too little memory", small, natsbroker.Options{Memory: true, Bytes: 64 << 20}, "Options.Bytes = 67108864 bytes on 1 server(s), lower it or raise max_memory_store of NATS"},
		{"replicas without a cluster", small, natsbroker.Options{Bytes: 1 << 20, Replicas: 3}, "Options.Replicas = 3 needs a cluster of as many servers"},
		{"subjects of another stream", small, natsbroker.Options{Bytes: 1 << 20, Stream: "OTHER", Subjects: "taken"}, `another stream has the subjects Options.Subjects = "taken", choose another prefix`},
		{"a stream with other subjects", small, natsbroker.Options{Bytes: 1 << 20, Stream: "TAKEN", Subjects: "other"}, "choose another Options.Stream, or the Options.Subjects that it has"},
		{"too many bytes for the account", limited, natsbroker.Options{Stream: "ONLY", Bytes: 64 << 20}, "allows no stream of Options.Bytes = 67108864 bytes, lower it"},
		{"too many streams for the account", limited, natsbroker.Options{Bytes: 1 << 20}, "name one that exists in Options.Stream"},
		{"JetStream is off", off, natsbroker.Options{}, "JetStream is off, start NATS with -js"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.URL = "nats://" + c.server.Addr().String()
			_, err := natsbroker.Open(t.Context(), c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("Open() = %v, want %q in it", err, c.want)
			}
			var api *jetstream.APIError
			if c.name == "a stream with other subjects" {
				return // which only the store knows
			}
			if !errors.As(err, &api) && !errors.Is(err, nats.ErrNoResponders) && !errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
				t.Errorf("Open() = %v, want the error of NATS within it", err)
			}
		})
	}
}
