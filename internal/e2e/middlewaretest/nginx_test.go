package middlewaretest_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// nginxConf leaves at their defaults all settings that matter to a proxied
// response: HTTP/1.0 to the upstream, and proxy_buffering on.
const nginxConf = `
worker_processes 1;
pid nginx.pid;
error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	server {
		listen %s;
		location / { %s proxy_pass %s; }
	}
}
`

// nginx runs nginx before upstream and returns its URL.
func nginx(t *testing.T, settings, upstream string) string {
	t.Helper()
	path, addr := lookPath(t, "nginx"), freeAddr(t)
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, addr, settings, upstream), 0o600); err != nil {
		t.Fatal(err)
	}
	// -e: what nginx logs before it has read its configuration.
	return startProgram(t, exec.Command(path, "-p", dir, "-e", "stderr", "-c", conf, "-g", "daemon off; master_process off;"), addr)
}

func TestNginx(t *testing.T) {
	for _, c := range []struct{ name, settings string }{
		{"as it is", ""},
		{"with HTTP/1.1 to the upstream", "proxy_http_version 1.1;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Run("each chunk comes in time", func(t *testing.T) {
				p := newGatedPage()
				timely(t, p, get(t, client(t), nginx(t, c.settings, serve(t, p.handler(-1), false).URL)))
			})
			t.Run("a cut page is an error", func(t *testing.T) {
				p := newGatedPage()
				cut(t, p, get(t, client(t), nginx(t, c.settings, serve(t, p.handler(2), false).URL)))
			})
		})
	}
}

func client(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}
