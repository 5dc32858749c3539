package inspect_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/inspect"
)

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		name, peer, host string
		header           string // name of a field
		want             int
	}{
		{"localhost", "127.0.0.1:1", "localhost:8080", "", 200},
		{"localhost without a port", "127.0.0.1:1", "LocalHost", "", 200},
		{"an address", "127.0.0.1:1", "127.0.0.1:8080", "", 200},
		{"another of its addresses", "127.8.9.10:1", "127.8.9.10", "", 200},
		{"IPv6", "[::1]:1", "[::1]:8080", "", 200},
		{"IPv6 without a port", "[::1]:1", "[::1]", "", 200},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]:1", "localhost", "", 200},
		{"a harmless header", "127.0.0.1:1", "localhost", "X-Requested-With", 200},

		{"another machine", "192.0.2.1:1", "localhost:8080", "", 403},
		{"another machine over IPv6", "[2001:db8::1]:1", "localhost:8080", "", 403},
		{"another machine in IPv6", "[::ffff:192.0.2.1]:1", "localhost:8080", "", 403},
		{"a private network", "10.0.0.1:1", "localhost", "", 403},
		{"every address", "0.0.0.0:1", "localhost", "", 403},
		{"no address", "", "localhost", "", 403},
		{"a Unix socket", "@", "localhost", "", 403},
		{"a name for an address", "localhost:1", "localhost", "", 403},

		{"DNS rebinding", "127.0.0.1:1", "evil.example:8080", "", 403},
		{"DNS rebinding to look like it", "127.0.0.1:1", "localhost.evil.example", "", 403},
		{"an address in a name", "127.0.0.1:1", "127.0.0.1.evil.example", "", 403},
		{"the address of another", "127.0.0.1:1", "192.0.2.1", "", 403},
		{"every address as the host", "127.0.0.1:1", "0.0.0.0:8080", "", 403},
		{"a user before the host", "127.0.0.1:1", "localhost@evil.example", "", 403},
		{"no host", "127.0.0.1:1", "", "", 403},
		{"a decimal host", "127.0.0.1:1", "2130706433", "", 403},
		{"a host with a zone", "127.0.0.1:1", "[fe80::1%lo]", "", 403},
		{"two ports", "127.0.0.1:1", "localhost:80:80", "", 403},

		{"a proxy: Forwarded", "127.0.0.1:1", "localhost", "Forwarded", 403},
		{"a proxy: X-Forwarded-For", "127.0.0.1:1", "localhost", "X-Forwarded-For", 403},
		{"a proxy: X-Forwarded-Host", "127.0.0.1:1", "localhost", "X-Forwarded-Host", 403},
		{"a proxy: X-Forwarded-Proto", "127.0.0.1:1", "localhost", "X-Forwarded-Proto", 403},
		{"a proxy: X-Real-IP", "127.0.0.1:1", "localhost", "X-Real-IP", 403},
		{"a proxy: Via", "127.0.0.1:1", "localhost", "Via", 403},
		{"a proxy: True-Client-IP", "127.0.0.1:1", "localhost", "True-Client-IP", 403},
		{"a proxy: CF-Connecting-IP", "127.0.0.1:1", "localhost", "CF-Connecting-IP", 403},
		{"a proxy: X-Client-IP", "127.0.0.1:1", "localhost", "X-Client-IP", 403},
		{"a proxy: X-Original-Forwarded-For", "127.0.0.1:1", "localhost", "X-Original-Forwarded-For", 403},
		{"a proxy in lower case", "127.0.0.1:1", "localhost", "x-forwarded-for", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, query := range []string{"", "?format=json", "?id=1", "?id=1&format=json", "?events&id=99"} {
				in := inspect.New(1)
				_ = visit(in, "/secret", html("1"))
				r := httptest.NewRequest("GET", "/inspect"+query, nil)
				r.RemoteAddr, r.Host = tt.peer, tt.host
				if tt.header != "" {
					r.Header[tt.header] = []string{""} // empty counts, too
				}
				rec := httptest.NewRecorder()
				in.ServeHTTP(rec, r)
				want := tt.want
				if want == 200 && strings.Contains(query, "99") {
					want = 404
				}
				if rec.Code != want {
					t.Errorf("%q: status = %d, want %d", query, rec.Code, want)
				}
				if got := strings.Contains(rec.Body.String(), "secret"); want == 403 && got {
					t.Errorf("%q: the answer tells the path: %s", query, rec.Body)
				}
			}
		})
	}
}

func TestAllowDecidesAlone(t *testing.T) {
	in := inspect.New(1)
	in.Allow = func(r *http.Request) bool { return r.Header.Get("Admin") != "" }
	far := httptest.NewRequest("GET", "https://site.example/inspect", nil)
	far.Header.Set("Admin", "1")
	far.Header.Set("X-Forwarded-For", "192.0.2.1")
	for name, tt := range map[string]struct {
		r    *http.Request
		want int
	}{"one who may": {far, 200}, "this machine": {local("/inspect"), 403}} {
		t.Run(name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			in.ServeHTTP(rec, tt.r)
			if rec.Code != tt.want {
				t.Errorf("status = %d, want %d", rec.Code, tt.want)
			}
		})
	}
}

func TestNothingIsChangedFromOutside(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		r := local("/inspect")
		r.Method = method
		rec := httptest.NewRecorder()
		inspect.New(1).ServeHTTP(rec, r)
		if rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: status = %d, want %d", method, rec.Code, http.StatusMethodNotAllowed)
		}
	}
}
