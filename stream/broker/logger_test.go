package broker_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestLogger has a writer without Flush, which the stream logs.
func TestLogger(t *testing.T) {
	var standard, own, stream bytes.Buffer
	log := func(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
	before := slog.Default()
	slog.SetDefault(log(&standard))
	t.Cleanup(func() { slog.SetDefault(before) })
	for _, tt := range []struct {
		name   string
		broker *broker.Broker
		want   *bytes.Buffer
	}{
		{"without a Logger", &broker.Broker{}, &standard},
		{"with one", &broker.Broker{Logger: log(&own)}, &own},
		{"with one for the streams", &broker.Broker{Logger: log(&own), Stream: sse.Options{Logger: log(&stream)}}, &stream},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logs := []*bytes.Buffer{&standard, &own, &stream}
			for _, b := range logs {
				b.Reset()
			}
			w := struct{ http.ResponseWriter }{httptest.NewRecorder()}
			tt.broker.Topic("news").Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			for _, b := range logs {
				if got := strings.Contains(b.String(), "no stream"); got != (b == tt.want) {
					t.Errorf("default %q, Logger %q, Stream.Logger %q, want one line in one of them", &standard, &own, &stream)
					break
				}
			}
		})
	}
}
