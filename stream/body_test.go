package stream_test

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestRequestBodies has clients that send the body of a request late or never.
// Over HTTP/1.1 the server reads it before it sends the headers.
func TestRequestBodies(t *testing.T) {
	slow := page(slot(after(20*time.Second, html("1"))))
	const streamed = `<body><?start name="1">dots<?end><template for="1">1</template><!/></body>`
	for _, tt := range []struct {
		name string
		page stream.Page
		mode stream.Mode
		want string
	}{
		{"a page", pageOf(slow), stream.OutOfOrder, streamed},
		{"a page in order", pageOf(slow), stream.InOrder, `<body>1</body>`},
		{"a complete page", pageOf(slow), stream.Complete, `<body>1</body>`},
		{"a page without boundaries", pageOf(html("1")), stream.OutOfOrder, `1`},
		{"a page with a flush in it", pageOf(page(html("1"), templ.Flush(), waiting(20*time.Second, "2"))), stream.OutOfOrder, `<body>12</body>`},
		{"a Page that fails", func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom }, stream.OutOfOrder, "Internal Server Error\n"},
		{"a Page that answers by itself", func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			_, err := io.WriteString(w, "hello")
			return nil, err
		}, stream.OutOfOrder, "hello"},
	} {
		serve := func(t *testing.T, late time.Duration, test func(page string, err error, took time.Duration)) {
			rd := stream.Renderer{WriteTimeout: time.Second, Script: stream.NoScript(), Mode: always(tt.mode)}
			overPipes(t, rd.Handler(tt.page), func(t *testing.T, p *pipeline) {
				if p.http2 {
					t.Skip("its server does not wait for the body")
				}
				start := time.Now()
				conn, err := p.Dial()
				if err != nil {
					t.Fatal(err)
				}
				var sent sync.WaitGroup
				sent.Go(func() { // ends with conn
					_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\n")
					if late > 0 {
						time.Sleep(late)
						_, _ = io.WriteString(conn, "hello")
					}
				})
				var page []byte
				res, err := readResponse(conn)
				if err == nil {
					page, err = io.ReadAll(res.Body)
				}
				test(string(page), err, time.Since(start))
				_ = conn.Close()
				sent.Wait()
			})
		}
		t.Run(tt.name+", a body that comes late", func(t *testing.T) {
			serve(t, 500*ms, func(page string, err error, _ time.Duration) {
				if page != tt.want || err != nil {
					t.Errorf("page = %q, %v, want %q", page, err, tt.want)
				}
			})
		})
		t.Run(tt.name+", a body that never comes", func(t *testing.T) {
			serve(t, 0, func(page string, err error, took time.Duration) {
				// The server takes the client for one that has left.
				if tt.want == streamed && (page == tt.want || err == nil) {
					t.Errorf("page = %q, %v, want that it is cut", page, err)
				}
				if took > 22*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}
