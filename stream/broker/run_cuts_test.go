package broker_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A cutter answers with a handler, and cuts its first connections at random bytes.
type cutter struct {
	http.Handler
	random *rand.Rand
	left   int
}

func (c *cutter) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	pr, pw := io.Pipe()
	head := make(chan *http.Response, 1)
	go func() { // ends with the reader of the body
		defer cancel()
		defer func() {
			if v := recover(); v == http.ErrAbortHandler {
				_ = pw.CloseWithError(io.ErrUnexpectedEOF)
			} else if v != nil {
				panic(v)
			}
		}()
		w := &piped{ResponseRecorder: httptest.NewRecorder(), w: pw, head: head}
		c.ServeHTTP(w, r.WithContext(ctx))
		w.WriteHeader(http.StatusOK)
		_ = pw.Close()
	}()
	answer := <-head
	n := int64(1 << 62)
	if c.left > 0 {
		c.left--
		n = c.random.Int64N(300)
	}
	answer.Body = &cutBody{io.LimitReader(pr, n), pr, cancel}
	answer.Request = r
	return answer, nil
}

// A cutBody fails where the connection is cut.
type cutBody struct {
	io.Reader
	pr     *io.PipeReader
	cancel context.CancelFunc
}

func (b *cutBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.Reader.(*io.LimitedReader).N == 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *cutBody) Close() error {
	b.cancel()
	return b.pr.Close()
}

// piped writes to a pipe.
type piped struct {
	*httptest.ResponseRecorder
	w    io.Writer
	head chan *http.Response
	sent bool
}

func (w *piped) WriteHeader(status int) {
	if !w.sent {
		w.sent = true
		w.head <- &http.Response{StatusCode: status, Header: w.Header()}
	}
}

func (w *piped) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.w.Write(p)
}

func (w *piped) Flush() { w.WriteHeader(http.StatusOK) }

// TestARunOverACutConnection cuts the connection of a client 200 times while a run
// goes on and when it is replayed.
func TestARunOverACutConnection(t *testing.T) {
	seed := rand.Uint64()
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Stream: sse.Options{Retry: 100 * time.Millisecond}, Retain: broker.Retention{Age: time.Hour}}
		var want strings.Builder
		produce := func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for i := range 1000 {
					s := fmt.Sprintf("%d żółw\n", i)
					want.WriteString(s)
					if !yield(s, nil) {
						return
					}
					time.Sleep(20 * time.Millisecond)
				}
			}
		}
		r := start(t, b, "", broker.RunOptions{}, produce)
		for _, name := range []string{"while it goes on", "when it is replayed"} {
			cut := &cutter{b.Topic(r.Topic).Handler(), rand.New(rand.NewPCG(seed, 0)), 200}
			client := sse.Client{URL: "http://site/?lastEventId=" + r.Position, HTTP: &http.Client{Transport: cut}, Logger: slog.New(slog.DiscardHandler)}
			var text strings.Builder
			ends := 0
			for e, err := range client.Events(t.Context()) {
				if err != nil {
					t.Fatalf("%s: %v, with seed %d", name, err, seed)
				}
				if e.Name == "end" {
					ends++
					break
				}
				text.WriteString(e.Data)
			}
			if text.String() != want.String() || ends != 1 || cut.left != 0 {
				t.Errorf("%s: %d bytes and %d ends after %d cuts, want %d bytes, with seed %d", name, text.Len(), ends, 200-cut.left, want.Len(), seed)
			}
		}
	})
}
