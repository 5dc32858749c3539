package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// A pipeline is a server over pipes and what is logged meanwhile.
type pipeline struct {
	*testkit.Pipes
	http2 bool
	log   logged // of the server and of slog
}

// overPipes runs test in a bubble over HTTP/1.1 and over HTTP/2.
func overPipes(t *testing.T, h http.Handler, test func(*testing.T, *pipeline)) {
	for _, proto := range testkit.Protocols {
		t.Run(proto, func(t *testing.T) {
			logs := captureLog(t)
			synctest.Test(t, func(t *testing.T) {
				p := testkit.ServePipes(t, proto, &http.Server{Handler: h, ErrorLog: log.New(logs, "", 0)})
				p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				test(t, &pipeline{p, proto == "HTTP/2", logs})
			})
		})
	}
}

// get asks for the page.
func (p *pipeline) get(t *testing.T, ctx context.Context) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://site/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p.Do(r)
}

// readResponse reads what a server answers over conn.
func readResponse(conn net.Conn) (*http.Response, error) {
	return http.ReadResponse(bufio.NewReader(conn), nil)
}

// want reads the page, so many bytes at once and then nothing for a while.
func (p *pipeline) want(t *testing.T, page string, n int, pause time.Duration) {
	t.Helper()
	res, err := p.get(t, t.Context())
	if err != nil {
		t.Fatalf("Get() = %v", err)
	}
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	for {
		_, err := io.CopyN(&body, res.Body, int64(n))
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%d bytes of %d were read, %v", body.Len(), len(page), err)
		}
		time.Sleep(pause)
	}
	if got := body.String(); got != page {
		t.Errorf("page = %.200q (%d bytes), want %.200q (%d bytes)", got, len(got), page, len(page))
	}
}

// wantNone allows for the warnings that come once.
func (l logged) wantNone(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		if !strings.Contains(line, "level=WARN") {
			t.Errorf("log: %s", line)
		}
	}
}

// pageOf is a Page that is always the same.
func pageOf(c templ.Component) stream.Page {
	return func(http.ResponseWriter, *http.Request) (templ.Component, error) { return c, nil }
}

// TestSlowWrites is about what takes longer than the WriteTimeout and is no
// fault of the client.
func TestSlowWrites(t *testing.T) {
	rd := stream.Renderer{WriteTimeout: time.Second, Script: stream.NoScript()}
	t.Run("a shell that goes on after a flush", func(t *testing.T) {
		h := rd.Handler(pageOf(page(html("head"), templ.Flush(), waiting(time.Minute, "body"))))
		overPipes(t, h, func(t *testing.T, p *pipeline) { p.want(t, "<body>headbody</body>", 100, 0) })
	})
	t.Run("a load", func(t *testing.T) {
		h := rd.Handler(pageOf(page(slot(after(20*time.Second, html("1"))))))
		overPipes(t, h, func(t *testing.T, p *pipeline) {
			p.want(t, `<body><?start name="1">dots<?end><template for="1">1</template><!/></body>`, 100, 0)
		})
	})
	t.Run("a view that loads in place", func(t *testing.T) {
		h := rd.Handler(pageOf(page(slot(after(ms, html("1"))), slot(after(2*ms, upper(slot(after(20*time.Second, html("two")))))))))
		overPipes(t, h, func(t *testing.T, p *pipeline) {
			p.want(t, `<body><?start name="1">dots<?end><?start name="2">dots<?end><template for="1">1</template><!/><template for="2">TWO</template><!/></body>`, 100, 0)
		})
	})
	// Half the time of a write for each 64 KiB. The client of HTTP/2 takes
	// the first 4 MiB ahead of its reader.
	big := string(bytes.Repeat([]byte("0123456789abcdef"), 6<<20/16))
	t.Run("a big page for a slow but steady reader", func(t *testing.T) {
		h := rd.Handler(pageOf(page(html(big))))
		overPipes(t, h, func(t *testing.T, p *pipeline) { p.want(t, "<body>"+big+"</body>", 64<<10, 500*ms) })
	})
	t.Run("a big chunk for a slow but steady reader", func(t *testing.T) {
		h := rd.Handler(pageOf(page(slot(after(ms, html(big))))))
		overPipes(t, h, func(t *testing.T, p *pipeline) {
			p.want(t, `<body><?start name="1">dots<?end><template for="1">`+big+`</template><!/></body>`, 64<<10, 500*ms)
		})
	})
	t.Run("but a reader that stops is cut", func(t *testing.T) {
		var took atomic.Int64
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			if err := rd.Render(w, r, page(html(big), slot(after(time.Hour)))); err == nil {
				t.Error("Render() = nil, want an error")
			}
			took.Store(int64(time.Since(start)))
		})
		overPipes(t, h, func(t *testing.T, p *pipeline) {
			res, err := p.get(t, t.Context())
			if err != nil {
				t.Fatalf("Get() = %v", err)
			}
			time.Sleep(time.Minute)
			if got, want := time.Duration(took.Load()).Round(time.Microsecond), time.Second; got != want {
				t.Errorf("Render() returned after %v, want %v", got, want)
			}
			if n, err := io.Copy(io.Discard, res.Body); err == nil {
				t.Errorf("the page looks finished after %d bytes", n)
			}
			_ = res.Body.Close()
		})
	})
}
