package middlewaretest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// patience is how long a test waits for what should happen at once.
const patience = 10 * time.Second

// A gatedPage has boundaries whose loads a test ends one by one.
type gatedPage struct{ gates [3]chan struct{} }

func newGatedPage() *gatedPage {
	p := &gatedPage{}
	for i := range p.gates {
		p.gates[i] = make(chan struct{})
	}
	return p
}

var contents = [...]string{"<b>Ada</b>", "<b>Bob</b>", "<b>Cy</b>"}

// handler sends the page. The load of boundary abort aborts the response; a
// negative one does not exist.
func (p *gatedPage) handler(abort int) http.Handler {
	return stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		parts := []templ.Component{templ.Raw("<!doctype html><body>")}
		for i, gate := range p.gates {
			load := func(ctx context.Context) (string, error) {
				select {
				case <-gate:
				case <-ctx.Done():
					return "", ctx.Err()
				}
				if i == abort {
					panic(http.ErrAbortHandler)
				}
				return contents[i], nil
			}
			parts = append(parts, suspense.Await(templ.Raw("…"), load, func(s string) templ.Component { return templ.Raw(s) }))
		}
		return templ.Join(append(parts, templ.Raw("</body></html>"))...), nil
	})
}

// openAll ends all loads, for a page that is sent whole.
func (p *gatedPage) openAll() {
	for _, gate := range p.gates {
		close(gate)
	}
}

const wholePage = "<!doctype html><body><b>Ada</b><b>Bob</b><b>Cy</b></body></html>"

func serve(t *testing.T, h http.Handler, http2 bool) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	if http2 {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// overBoth runs test over HTTP/1.1 and over HTTP/2.
func overBoth(t *testing.T, test func(t *testing.T, http2 bool)) {
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, false) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, true) })
}

// A visit is a page that is read bit by bit.
type visit struct {
	*http.Response
	page strings.Builder
}

func get(t *testing.T, client *http.Client, url string) *visit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return &visit{Response: res}
}

// until reads until the page holds want, byte by byte.
func (v *visit) until(t *testing.T, want string) {
	t.Helper()
	b := make([]byte, 1)
	for !strings.HasSuffix(v.page.String(), want) {
		n, err := v.Body.Read(b)
		v.page.Write(b[:n])
		if err != nil && !strings.HasSuffix(v.page.String(), want) {
			t.Fatalf("page = %q, %v; want %q", v.page.String(), err, want)
		}
	}
}

// rest reads the page to its end.
func (v *visit) rest() error {
	_, err := io.Copy(&v.page, v.Body)
	return err
}

// timely sees each chunk before it lets the next load end.
func timely(t *testing.T, p *gatedPage, v *visit) {
	t.Helper()
	v.until(t, "</script>")
	for _, i := range []int{1, 0, 2} {
		close(p.gates[i])
		v.until(t, contents[i]+"</template><!/>")
	}
	if err := v.rest(); err != nil || !strings.HasSuffix(v.page.String(), "</body></html>") {
		t.Errorf("page = %q, %v", v.page.String(), err)
	}
}

// cut sees two chunks and then an error, since the load of boundary 2 aborts.
func cut(t *testing.T, p *gatedPage, v *visit) {
	t.Helper()
	v.until(t, "</script>")
	for i := range 2 {
		close(p.gates[i])
		v.until(t, contents[i]+"</template><!/>")
	}
	close(p.gates[2])
	if err := v.rest(); err == nil {
		t.Errorf("page = %q, which looks finished", v.page.String())
	}
}
