package middlewaretest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
	templproxy "github.com/a-h/templ/cmd/templ/generatecmd/proxy"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

// errorText is a text that may not be read without the secret.
const errorText = "dial tcp 10.1.2.3:5432: connection refused"

// inspected serves a site whose page has failed, and its inspector at /inspect and
// /tools/inspect/.
func inspected(t *testing.T) (*inspect.Inspector, *httptest.Server) {
	t.Helper()
	in := inspect.New(10)
	in.Logger = slog.New(slog.DiscardHandler)
	rd := stream.Renderer{Trace: stream.JoinTraces(in.Trace(), &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}})}
	load := func(context.Context) (string, error) { return "", errors.New(errorText) }
	mux := http.NewServeMux()
	mux.Handle("GET /prices", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return suspense.Await(templ.Raw("…"), load, func(s string) templ.Component { return templ.Raw(s) }), nil
	}))
	mux.Handle("GET /inspect", in)
	mux.Handle("GET /tools/inspect/", http.StripPrefix("/tools", in))
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/prices", nil))
	return in, serve(t, mux, false)
}

// TestInspectorBehindProxies has strangers and a developer ask for the inspector
// through proxies that tell nothing, something or everything of themselves.
func TestInspectorBehindProxies(t *testing.T) {
	for _, proxy := range []struct {
		name  string
		start func(t *testing.T, upstream string) string
		paths []string
	}{
		{"none", func(_ *testing.T, upstream string) string { return upstream }, []string{"/inspect", "/tools/inspect/"}},
		{"nginx as it is", func(t *testing.T, upstream string) string { return nginx(t, "", upstream) }, []string{"/inspect", "/tools/inspect/"}},
		{"nginx that keeps the host", func(t *testing.T, upstream string) string {
			return nginx(t, "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; proxy_http_version 1.1;", upstream)
		}, []string{"/inspect"}},
		{"nginx that cuts a prefix", func(t *testing.T, upstream string) string {
			return nginx(t, "rewrite ^/some/app(/.*)$ $1 break;", upstream)
		}, []string{"/some/app/inspect", "/some/app/tools/inspect/"}},
		{"nginx that pretends to be local", func(t *testing.T, upstream string) string {
			return nginx(t, "proxy_set_header Host localhost;", upstream)
		}, []string{"/inspect"}},
		{"templ's development proxy", developmentProxy, []string{"/inspect", "/tools/inspect/"}},
		{"a ReverseProxy that rewrites the host", func(t *testing.T, upstream string) string {
			to, _ := url.Parse(upstream)
			return serve(t, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}, false).URL
		}, []string{"/inspect"}},
	} {
		t.Run(proxy.name, func(t *testing.T) {
			in, upstream := inspected(t)
			origin := proxy.start(t, upstream.URL)
			for _, path := range proxy.paths {
				t.Run(path, func(t *testing.T) {
					strangersSeeNothing(t, in, origin+path)
					developerSeesAll(t, in, origin+path)
				})
			}
		})
	}
}

// strangersSeeNothing asks without the secret, and says things about itself.
func strangersSeeNothing(t *testing.T, in *inspect.Inspector, address string) {
	t.Helper()
	for _, query := range []string{"", "?id=1", "?id=1&format=json", "?format=json", "?events", "?id=1&events", "?token=guess", "?id=1&format=json&token="} {
		for _, header := range []string{"", "Host", "X-Forwarded-For", "X-Forwarded-Host", "Cookie", "Authorization"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", address+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if header == "Host" {
				r.Host = "localhost"
			} else if header != "" {
				r.Header.Set(header, "localhost")
			}
			res, err := client(t).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body := make([]byte, 1<<16) // events would have no end
			n, err := io.ReadFull(res.Body, body[:min(len(body), max(int(res.ContentLength), 1))])
			body = body[:n]
			_ = res.Body.Close()
			if res.StatusCode != http.StatusForbidden || err != nil || len(res.Cookies()) > 0 {
				t.Errorf("%s, %s: status = %d, %v, cookies = %v, want 403", query, header, res.StatusCode, err, res.Cookies())
			}
			if strings.Contains(string(body), errorText) || strings.Contains(string(body), "prices") || strings.Contains(string(body), in.URL("")) {
				t.Errorf("%s, %s: a stranger reads %s", query, header, body)
			}
		}
	}
}

// developerSeesAll opens the address that the program prints, in a browser as far
// as cookies go.
func developerSeesAll(t *testing.T, in *inspect.Inspector, address string) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	browser := client(t)
	browser.Jar = jar
	for _, tt := range []struct{ url, lands, want string }{
		{in.URL(address), address + "?", "/prices"},
		{in.URL(address + "?id=1"), address + "?id=1", errorText},
		{address + "?id=1&format=json", address + "?id=1&format=json", errorText},
	} {
		res, err := browser.Get(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if got := res.Request.URL.String(); res.StatusCode != http.StatusOK || err != nil || strings.TrimSuffix(got, "?") != strings.TrimSuffix(tt.lands, "?") {
			t.Errorf("%s = %d at %s, %v, want 200 at %s", tt.url, res.StatusCode, got, err, tt.lands)
		}
		if !strings.Contains(string(body), tt.want) || strings.Contains(string(body), "/_templ/") {
			t.Errorf("%s = %s, want %q and no script of a proxy", tt.url, body, tt.want)
		}
	}
	res, err := browser.Get(address + "?events")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	for lines := bufio.NewReader(res.Body); ; {
		line, err := lines.ReadString('\n')
		if strings.Contains(line, "/prices") {
			return
		}
		if err != nil {
			t.Fatalf("events = %d, %q, %v", res.StatusCode, line, err)
		}
	}
}

// developmentProxy runs the proxy of templ generate --watch --proxy.
func developmentProxy(t *testing.T, upstream string) string {
	to, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, templproxy.New(slog.New(slog.DiscardHandler), "http", "127.0.0.1", 0, to), false).URL
}
