package streamtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
	"github.com/rivulet-go/rivulet/suspense"
)

// part is a boundary that shows its name after d.
func part(name string, d time.Duration, more ...suspense.Option) templ.Component {
	load := func(ctx context.Context) (string, error) {
		select {
		case <-time.After(d):
			return name, nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
	view := func(s string) templ.Component { return templ.Raw("<b>" + s + "</b>") }
	return suspense.Await(templ.Raw("<i>dots</i>"), load, view, more...)
}

// within is a boundary whose content is more, after d.
func within(d time.Duration, more ...templ.Component) templ.Component {
	load := func(context.Context) (int, error) { time.Sleep(d); return 0, nil }
	return suspense.Await(templ.Raw("<i>outer</i>"), load, func(int) templ.Component { return templ.Join(more...) })
}

// site serves a page with these parts in its body.
func site(parts ...templ.Component) http.Handler {
	rd := stream.Renderer{Logger: slog.New(slog.DiscardHandler)}
	return rd.Handler(stream.Component(page(parts...)))
}

func page(parts ...templ.Component) templ.Component {
	all := append([]templ.Component{templ.Raw("<!doctype html><html><head><title>Shop</title></head><body>")}, parts...)
	return templ.Join(append(all, templ.Raw("</body></html>"))...)
}

// whole is a page with body.
func whole(body string) string {
	return "<!doctype html><html><head><title>Shop</title></head><body>" + body + "</body></html>"
}

// head cuts the end tags off.
func head(body string) string { return strings.TrimSuffix(whole(body), "</body></html>") }

func TestAReaderSeesThePageAsItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := site(templ.Raw("<p>"), part("a", 2*time.Second), templ.Raw("</p>"), within(time.Second, templ.Raw("("), part("b", 2*time.Second), templ.Raw(")")))
		p := streamtest.Get(t, h, "/")
		if p.Status != 200 || p.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("status = %d, header = %v", p.Status, p.Header)
		}
		for _, c := range []struct {
			at   time.Duration
			want string
		}{
			{0, head("<p><i>dots</i></p><i>outer</i>")},
			{time.Second - 1, head("<p><i>dots</i></p><i>outer</i>")},
			{time.Second, head("<p><i>dots</i></p>(<i>dots</i>)")},
			{2 * time.Second, head("<p><b>a</b></p>(<i>dots</i>)")},
			{3 * time.Second, whole("<p><b>a</b></p>(<b>b</b>)")},
		} {
			if got := p.At(c.at); got != c.want {
				t.Errorf("At(%v) = %s\nwant %s", c.at, got, c.want)
			}
		}
		if got := p.At(p.ShellAt); p.Shell != got || p.ShellAt != 0 {
			t.Errorf("Shell = %s at %v, want %s", p.Shell, p.ShellAt, got)
		}
		if got := p.At(p.End); p.HTML != got || p.End != 3*time.Second {
			t.Errorf("HTML = %s at %v, want %s", p.HTML, p.End, got)
		}
		want := "[{2 (<i>dots</i>) 1s} {1 <b>a</b> 2s} {2.1 <b>b</b> 3s}]"
		if got := fmt.Sprint(p.Chunks); got != want {
			t.Errorf("Chunks = %s, want %s", got, want)
		}
		lines := strings.Split(p.String(), "\n")
		if len(lines) != 6 || lines[0] != "200 OK" || lines[3] != `2s     <template for="1"><b>a</b></template><!/>` {
			t.Errorf("String() = %s", p)
		}
	})
}

func TestNoticesAreNoChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := streamtest.Get(t, site(stream.WhilePending(templ.Raw("not whole")), part("a", time.Second)), "/")
		if want := whole("<b>a</b>"); len(p.Chunks) != 1 || p.HTML != want || p.Shell != head("not whole<i>dots</i>") {
			t.Errorf("chunks = %v of %s", p.Chunks, p)
		}
	})
}

func TestTheNameOfAChunkIsNotInTheShell(t *testing.T) {
	a := part("a", time.Second, suspense.Key("a"))
	t.Run("the time of the shell", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := streamtest.Get(t, site(a), "/")
			if p.ShellAt != 0 || p.End != time.Second {
				t.Errorf("the shell came at %v and the end at %v, want 0s and 1s", p.ShellAt, p.End)
			}
		})
	})
	t.Run("a client that leaves after the shell", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			bare := stream.Renderer{Script: stream.NoScript()}
			p, err := streamtest.Client{Leave: streamtest.AfterShell()}.Try(bare.Handler(stream.Component(page(a))), httptest.NewRequest("GET", "/", nil))
			if strings.Contains(p.Body, "<?chunk") || !strings.Contains(p.Body, "dots") {
				t.Errorf("the client has\n%s\nand the error %v, want the shell", p.Body, err)
			}
		})
	})
}

func TestOutsideOfABubble(t *testing.T) {
	p := streamtest.Get(t, site(part("a", time.Millisecond)), "/")
	if want := whole("<b>a</b>"); p.HTML != want || p.End < time.Millisecond {
		t.Errorf("HTML = %s after %v, want %s", p.HTML, p.End, want)
	}
}

func TestWhatARequestCarries(t *testing.T) {
	type key struct{}
	var got *http.Request
	var body []byte
	mux := http.NewServeMux()
	mux.HandleFunc("/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
	})
	for _, c := range []struct {
		name string
		r    *http.Request
	}{
		{"of httptest", httptest.NewRequest("POST", "/things/7?a=b", strings.NewReader("words"))},
		{"of a client", must(http.NewRequest("POST", "http://user@example.com/things/7?a=b", strings.NewReader("words")))},
		{"of unknown length", httptest.NewRequest("POST", "/things/7?a=b", io.MultiReader(strings.NewReader("words")))},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.r.WithContext(context.WithValue(c.r.Context(), key{}, "mine"))
			r.Header.Set("X-Thing", "a thing")
			p := streamtest.Do(t, mux, r)
			if p.Status != http.StatusTeapot || string(body) != "words" || got.PathValue("id") != "7" || got.RequestURI != "/things/7?a=b" ||
				got.Host != "example.com" || got.URL.String() != "/things/7?a=b" || got.RemoteAddr == "" {
				t.Errorf("status %d to %q of %#v", p.Status, body, got)
			}
			if len(got.Header) != 1 || got.Header.Get("X-Thing") != "a thing" {
				t.Errorf("header = %v", got.Header)
			}
			if got.Context().Value(key{}) != "mine" || got.Context().Value(http.ServerContextKey) == nil {
				t.Error("the context lacks a value")
			}
			if got.Context().Err() == nil {
				t.Error("the context goes on after the response")
			}
		})
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.SetPathValue("id", "8")
	streamtest.Do(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }), r)
	if got.PathValue("id") != "8" {
		t.Errorf("path value = %q, want 8", got.PathValue("id"))
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestADeadlineOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tired := errors.New("tired")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, tired)
		defer cancel()
		var cause error
		h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			cause = context.Cause(r.Context())
		})
		streamtest.Do(t, h, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
		if cause != tired {
			t.Errorf("cause = %v, want %v", cause, tired)
		}
	})
}

func TestWhatIsNoPage(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /old", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusFound) })
	mux.HandleFunc("GET /data", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, `"<?start name=\"1\">"`)
		w.(http.Flusher).Flush()
		w.Header().Set("X-Sum", "3")
	})
	mux.HandleFunc("GET /hinted", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusNoContent)
	})
	if p := streamtest.Get(t, mux, "/old"); p.Status != 302 || p.Redirect != "/new" || !strings.HasPrefix(p.String(), "302 Found\nleads to /new\n") {
		t.Errorf("page = %s", p)
	}
	if p := streamtest.Get(t, mux, "/data"); p.HTML != p.Body || p.Shell != p.Body || p.At(p.End) != p.Body || p.Trailer.Get("X-Sum") != "3" {
		t.Errorf("page = %s with trailer %v", p, p.Trailer)
	}
	if p := streamtest.Get(t, mux, "/hinted"); p.Status != 204 || p.HTML != "" {
		t.Errorf("page = %s", p)
	}
	if p := streamtest.Do(t, site(part("a", 0)), httptest.NewRequest("HEAD", "/", nil)); p.Status != 200 || p.Body != "" {
		t.Errorf("page = %s", p)
	}
}

func TestCookies(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes", Path: "/"})
		_, err := r.Cookie("seen")
		fmt.Fprint(w, err == nil)
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := streamtest.Client{Jar: jar}
	for _, want := range []string{"false", "true"} {
		if got := c.Get(t, h, "/").Body; got != want {
			t.Errorf("seen = %s, want %s", got, want)
		}
	}
	if got := streamtest.Get(t, h, "/").Body; got != "false" {
		t.Errorf("without a jar, seen = %s, want false", got)
	}
}

func TestAKeyIsRequested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := site(part("a", time.Second, suspense.Key("reviews")), part("b", 20*time.Second))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Rivulet", "reviews")
		if p := streamtest.Do(t, h, r); p.HTML != "<b>a</b>" || p.End != time.Second {
			t.Errorf("page = %s", p)
		}
		want := whole("<b>a</b><b>b</b>")
		if p := streamtest.Get(t, h, "/"); p.HTML != want {
			t.Errorf("HTML = %s, want %s", p.HTML, want)
		}
	})
}

func raw(html string) templ.Component { return templ.Raw(html) }

func TestALateRedirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leads := func(context.Context) (int, error) {
			time.Sleep(time.Second)
			return 0, stream.Redirect("/login?a=1&b='2'", http.StatusSeeOther)
		}
		h := site(part("slow", 20*time.Second), suspense.Await(templ.Raw("dots"), leads, func(int) templ.Component { return templ.Raw("") }))
		p := streamtest.Get(t, h, "/")
		if p.Status != 200 || p.Redirect != "/login?a=1&b=%272%27" || p.End != time.Second || !strings.HasPrefix(p.String(), "200 OK\nleads to /login") {
			t.Errorf("page = %s\nleads to %s", p, p.Redirect)
		}
	})
}

// A large page takes time that grows with its size, and no faster.
func TestALargePage(t *testing.T) {
	row := strings.Repeat("x", 1000)
	var rows []templ.Component
	for range 10_000 {
		rows = append(rows, templ.Raw("<p>"+row+"</p>"))
	}
	rows = append(rows, part("a", time.Millisecond))
	p := streamtest.Client{Stall: streamtest.AfterText("not there"), StallFor: time.Second}.Get(t, site(rows...), "/")
	if len(p.HTML) < 10_000_000 || !strings.HasSuffix(p.HTML, "<b>a</b></body></html>") {
		t.Errorf("the page has %d bytes", len(p.HTML))
	}
}
