package middlewaretest_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// The files of examples/proxies have these addresses.
const (
	proxyAddr    = "127.0.0.1:8081"
	upstreamAddr = "127.0.0.1:8080"
)

// A proxy is one that people put before a program. Its configuration is a file of
// examples/proxies.
type proxy struct {
	name    string
	program string
	file    string
	change  [2]string                       // what the test replaces in the file
	prepare func(t *testing.T, conf string) // what it adds to the folder
	args    func(conf, dir, addr string) []string
	late    bool // it holds back the last bytes of a flush, or all
	ends    bool // it ends a page that was cut as if it were whole
}

var proxies = []proxy{
	{name: "nginx", program: "nginx", file: "nginx.conf", prepare: nginxFolder, args: func(conf, dir, _ string) []string {
		return []string{"-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "main.conf"), "-g", "daemon off; master_process off;"}
	}},
	{name: "Caddy", program: "caddy", file: "Caddyfile", args: caddy, ends: true},
	{
		name: "Caddy that compresses", program: "caddy", file: "Caddyfile", args: caddy, late: true, ends: true,
		change: [2]string{"\treverse_proxy", "\tencode gzip\n\treverse_proxy"},
	},
	{name: "HAProxy", program: "haproxy", file: "haproxy.cfg", args: haproxy},
	{
		name: "HAProxy that compresses", program: "haproxy", file: "haproxy.cfg", args: haproxy, late: true,
		change: [2]string{"frontend web\n", "frontend web\n\tcompression algo gzip\n\tcompression type text/html\n"},
	},
	{name: "Apache", program: "apache2", file: "apache.conf", prepare: apacheModules, args: apache},
	{
		name: "Apache without flushpackets", program: "apache2", file: "apache.conf", prepare: apacheModules, args: apache,
		change: [2]string{" flushpackets=on\n", "\n"},
	},
	{name: "Varnish", program: "varnishd", file: "varnish.vcl", args: func(conf, dir, addr string) []string {
		return []string{"-F", "-a", addr, "-f", conf, "-n", filepath.Join(dir, "n"), "-s", "malloc,16m"}
	}},
}

func caddy(conf, _, _ string) []string {
	return []string{"run", "--adapter", "caddyfile", "--config", conf}
}
func haproxy(conf, _, _ string) []string { return []string{"-f", conf} }
func apache(conf, dir, _ string) []string {
	return []string{"-d", dir, "-f", conf, "-DFOREGROUND"}
}

func TestProxies(t *testing.T) {
	for _, p := range proxies {
		t.Run(p.name, func(t *testing.T) {
			t.Run("each chunk comes in time", func(t *testing.T) {
				page := newGatedPage()
				v := get(t, client(t), p.start(t, serve(t, page.handler(-1), false).Listener.Addr().String()))
				if !p.late {
					timely(t, page, v)
					return
				}
				defer page.openAll()
				if got := v.soon("</script>"); strings.HasSuffix(got, "</script>") {
					t.Log("the whole shell came in time: this version is better than docs/proxies.md says")
				}
			})
			t.Run("a cut page is an error", func(t *testing.T) {
				page := newGatedPage()
				v := get(t, client(t), p.start(t, serve(t, page.handler(2), false).Listener.Addr().String()))
				page.openAll()
				switch err := v.rest(); {
				case err == nil && !p.ends:
					t.Errorf("page = %q, which looks finished", v.page.String())
				case err != nil && p.ends:
					t.Log("the page was cut: this version is better than docs/proxies.md says")
				}
			})
			t.Run("each event comes in time", func(t *testing.T) {
				next := make(chan struct{})
				h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
					for range 3 {
						select {
						case <-next:
						case <-ctx.Done():
							return ctx.Err()
						}
						if err := s.Send(sse.Event{Data: "event"}); err != nil {
							return err
						}
					}
					return nil
				})
				v := get(t, client(t), p.start(t, serve(t, h, false).Listener.Addr().String()))
				for range 3 {
					next <- struct{}{}
					v.until(t, "data: event\n\n")
				}
			})
		})
	}
}

// soon reads for a second, or until the page holds want.
func (v *visit) soon(want string) string {
	time.AfterFunc(time.Second, func() { _ = v.Body.Close() })
	b := make([]byte, 1)
	for !strings.HasSuffix(v.page.String(), want) {
		n, err := v.Body.Read(b)
		v.page.Write(b[:n])
		if err != nil {
			break
		}
	}
	return v.page.String()
}

// start runs the proxy before upstream, and returns its URL.
func (p proxy) start(t *testing.T, upstream string) string {
	t.Helper()
	path, addr := lookPath(t, p.program), freeAddr(t)
	text, err := os.ReadFile("../../../examples/proxies/" + p.file)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(upstream)
	conf := string(text)
	if p.change[0] != "" {
		if !strings.Contains(conf, p.change[0]) {
			t.Fatalf("%s lacks %q", p.file, p.change[0])
		}
		conf = strings.Replace(conf, p.change[0], p.change[1], 1)
	}
	conf = strings.NewReplacer(proxyAddr, addr, upstreamAddr, upstream, `.port = "8080"`, `.port = "`+port+`"`).Replace(conf)
	dir := t.TempDir()
	file := filepath.Join(dir, p.file)
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{filepath.Dir(dir), dir} { // varnishd reads it as another user
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if p.prepare != nil {
		p.prepare(t, file)
	}
	cmd := exec.Command(path, p.args(file, dir, addr)...)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	return startProgram(t, cmd, addr)
}

// nginxFolder writes the file that includes the one of the example, as the
// nginx.conf of a system does.
func nginxFolder(t *testing.T, conf string) {
	t.Helper()
	const main = `
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
	include nginx.conf;
}
`
	if err := os.WriteFile(filepath.Join(filepath.Dir(conf), "main.conf"), []byte(main), 0o644); err != nil {
		t.Fatal(err)
	}
}

// apacheModules puts what every Apache has before the example.
func apacheModules(t *testing.T, conf string) {
	t.Helper()
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range []string{"mpm_event", "authz_core", "proxy", "proxy_http"} {
		b.WriteString("LoadModule " + name + "_module /usr/lib/apache2/modules/mod_" + name + ".so\n")
	}
	b.WriteString("ServerName localhost\nPidFile apache.pid\nErrorLog /dev/stderr\n")
	if err := os.WriteFile(conf, append([]byte(b.String()), text...), 0o644); err != nil {
		t.Fatal(err)
	}
}
