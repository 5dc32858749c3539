package middlewaretest_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// shop has a page for the product 1, an older address of it, and nothing else. The
// load is critical, but not on late pages. A load that ignores its context runs
// beside it.
func shop(done <-chan struct{}) http.Handler {
	rd := &stream.Renderer{Mode: stream.Crawlers(nil)}
	return rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		product := func(ctx context.Context) (string, error) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
				return "", ctx.Err()
			}
			switch r.URL.Query().Get("id") {
			case "1":
				return "<h1>Lamp</h1>", nil
			case "old":
				return "", stream.Redirect("/?id=1", http.StatusMovedPermanently)
			}
			return "", stream.NotFound(nil)
		}
		deaf := func(context.Context) (string, error) {
			<-done
			return "", nil
		}
		raw := func(s string) templ.Component { return templ.Raw(s) }
		var opts []suspense.Option
		if r.URL.Query().Get("late") == "" {
			opts = append(opts, suspense.Critical())
		}
		parts := []templ.Component{templ.Raw("<!doctype html><body>"), suspense.Await(nil, product, raw, opts...)}
		if r.URL.Query().Get("id") != "1" {
			parts = append(parts, suspense.Await(nil, deaf, raw))
		}
		return templ.Join(append(parts, templ.Raw("</body></html>"))...), nil
	})
}

func TestDecidedPages(t *testing.T) {
	done := make(chan struct{})
	defer close(done)
	type server struct {
		client *http.Client
		url    string
	}
	servers := map[string]server{}
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		plain, gzip := serve(t, shop(done), http2), serve(t, zipped(t, shop(done)), http2)
		servers[name] = server{plain.Client(), plain.URL}
		servers[name+" and gzip"] = server{gzip.Client(), gzip.URL}
	}
	servers["nginx"] = server{client(t), nginx(t, "", serve(t, shop(done), false).URL)}
	servers["nginx and gzip"] = server{client(t), nginx(t, "", serve(t, zipped(t, shop(done)), false).URL)}
	const refresh = `<meta http-equiv="refresh" content="0;url='/?id=1'"></body></html>`
	for name, s := range servers {
		s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, tt := range []struct {
			agent, query string
			code         int
			end          string
		}{
			{"Mozilla/5.0", "?id=1", 200, "<h1>Lamp</h1></body></html>"},
			{"Mozilla/5.0", "?id=2", 404, "Not Found\n"},
			{"Mozilla/5.0", "?id=old", 301, "Moved Permanently\n"},
			{"Mozilla/5.0", "?id=old&late=1", 200, refresh},
			{"Googlebot/2.1", "?id=1&late=1", 200, "<h1>Lamp</h1></body></html>"},
			{"Googlebot/2.1", "?id=2&late=1", 404, "Not Found\n"},
			{"Googlebot/2.1", "?id=old&late=1", 301, "Moved Permanently\n"},
		} {
			t.Run(name+" "+tt.agent+" "+tt.query, func(t *testing.T) {
				req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/"+tt.query, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("User-Agent", tt.agent)
				req.Header.Set("Accept", "text/html")
				start := time.Now()
				res, err := s.client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				body, err := io.ReadAll(res.Body)
				if err != nil || res.StatusCode != tt.code || !strings.HasSuffix(string(body), tt.end) {
					t.Errorf("answer = %d %q, %v, want %d with the end %q", res.StatusCode, body, err, tt.code, tt.end)
				}
				if got := res.Header.Get("Location"); (tt.code == 301) != (got == "/?id=1") {
					t.Errorf("Location = %q", got)
				}
				if took := time.Since(start); took > patience {
					t.Errorf("the answer took %v", took)
				}
			})
		}
	}
}
