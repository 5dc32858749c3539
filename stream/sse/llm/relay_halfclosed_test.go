package llm_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// The server takes a client for gone that has closed its side of the connection,
// or whose body does not come in time. Such a client may still read.
func TestRelayCutsTheAnswerOfAClientThatSeemsGone(t *testing.T) {
	testkit.WatchLog(t)
	for _, tt := range []struct {
		name, sent, version string
		missing             int // bytes of the body that never come
	}{
		{"before the answer", "", "1.1", 0},
		{"within the answer", helloChunk, "1.1", 0},
		{"before the answer, HTTP/1.0", "", "1.0", 0},
		{"within the answer, HTTP/1.0", helloChunk, "1.0", 0},
		{"with a body that never comes", "", "1.1", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = io.WriteString(w, tt.sent)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}))
			defer model.Close()
			asked := make(chan struct{}, 1)
			site := httptest.NewUnstartedServer(&llm.Relay{HTTP: model.Client(), Request: func(context.Context, *http.Request) (*http.Request, error) {
				asked <- struct{}{}
				return http.NewRequest("POST", model.URL, strings.NewReader("question"))
			}})
			site.Config.ReadTimeout = 50 * time.Millisecond
			if tt.missing == 0 {
				site.Config.ReadTimeout = time.Minute
			}
			site.Start()
			defer site.Close()
			c, err := net.Dial("tcp", site.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = fmt.Fprintf(c, "POST / HTTP/%s\r\nHost: x\r\nContent-Length: %d\r\n\r\nquestion", tt.version, len("question")+tt.missing)
			if tt.missing == 0 {
				<-asked
				if tt.sent == "" {
					_ = c.(*net.TCPConn).CloseWrite()
				}
			}
			r := bufio.NewReader(c)
			if tt.sent != "" {
				if _, err := r.Peek(1); err != nil {
					t.Fatal(err)
				}
				_ = c.(*net.TCPConn).CloseWrite()
			}
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				return // there is no answer
			}
			body, err := io.ReadAll(res.Body)
			if res.StatusCode >= 400 {
				return // it is told that something is wrong
			}
			if err == nil || errors.Is(err, io.EOF) {
				t.Errorf("the answer is %s and ends like a whole one after %q", res.Status, body)
			}
		})
	}
}
