package inspect_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

var update = flag.Bool("update", false, "write the files in testdata again")

// fates is a page with a boundary of every fate.
func fates() templ.Component {
	stubborn := func(context.Context) (string, error) {
		_ = pass(context.Background(), 420*ms)
		return "", nil
	}
	return templ.Join(
		html("<h1>Prices</h1>"),
		await("user", after(0)),
		await("prices", after(90*ms)),
		await("stock", failing(150*ms, errRefused)),
		await("<script>", stubborn, suspense.Timeout(200*ms)),
		await("", after(120*ms)),
		// Last, since what its goroutine meets is queued in no certain order with
		// what follows.
		with(suspense.Suspense(nil, suspense.Name("reviews")), await("stars", after(50*ms)), await("comments", after(260*ms)), working(170*ms)),
	)
}

// TestReport compares what is told of a response with testdata, in virtual
// time.
func TestReport(t *testing.T) {
	for _, tt := range []struct {
		name string
		rd   stream.Renderer
		page templ.Component
	}{
		{"Fates", stream.Renderer{Limit: 5}, fates()},
		{"InOrder", stream.Renderer{Mode: always(stream.InOrder)}, templ.Join(await("a", after(100*ms)), await("b", after(50*ms)))},
		{"Complete", stream.Renderer{Mode: always(stream.Complete)}, templ.Join(await("a", after(100*ms)), await("b", failing(50*ms, errRefused)))},
		{"Plain", stream.Renderer{}, html("hello")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := inspect.New(3)
				tt.rd.Script, tt.rd.Trace = stream.NoScript(), stream.JoinTraces(in.Trace(), quiet)
				if err := tt.rd.Render(newRecorder(), httptest.NewRequest("GET", "/prices?token=secret", nil), tt.page); err != nil {
					t.Fatalf("Render() = %v, want nil", err)
				}
				time.Sleep(time.Hour)
				golden(t, tt.name+".json", get(in, "/?id=1&format=json").Body.String())
				page := get(in, "/?id=1").Body.String()
				if svg := regexp.MustCompile(`(?s)<div class="waterfall">(.*?)</div>`).FindStringSubmatch(page); svg != nil {
					golden(t, tt.name+".svg", svg[1])
				} else {
					want(t, page, "There is nothing to draw")
				}
				for _, secret := range []string{"secret", "<b>here</b>", "<script>"} {
					if strings.Contains(regexp.MustCompile(`(?s)<script nonce.*?</script>`).ReplaceAllString(page, ""), secret) {
						t.Errorf("the page holds %q", secret)
					}
				}
			})
		})
	}
}

func always(mode stream.Mode) func(*http.Request) stream.Mode {
	return func(*http.Request) stream.Mode { return mode }
}

// golden compares text with a file, a tag a line. Digests are random.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	text = regexp.MustCompile(`"digest": "\w{8}"`).ReplaceAllString(text, `"digest": "DIGEST"`)
	if strings.HasSuffix(name, ".svg") {
		text = strings.ReplaceAll(text, "><", ">\n<") + "\n"
	}
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s is now\n%s\nwant\n%s", file, text, want)
	}
}

func TestPages(t *testing.T) {
	in := inspect.New(3)
	for i := range 5 {
		_ = visit(in, fmt.Sprintf("/page%d", i), html("hello"))
	}
	list := get(in, "/any/where").Body.String()
	t.Run("the list holds the last responses, newest first", func(t *testing.T) {
		if got := regexp.MustCompile(`/page\d`).FindAllString(list, -1); fmt.Sprint(got) != "[/page4 /page3 /page2]" {
			t.Errorf("list = %v, want pages 4, 3 and 2", got)
		}
	})
	t.Run("its links are relative", func(t *testing.T) {
		for _, url := range regexp.MustCompile(`(?:href|src|data-events)="(.*?)"`).FindAllStringSubmatch(list, -1) {
			if !strings.HasPrefix(url[1], "?") && !strings.HasPrefix(url[1], "#") && url[1] != "data:," {
				t.Errorf("%q is not", url[1])
			}
		}
	})
	t.Run("what is not kept is not found", func(t *testing.T) {
		for _, query := range []string{"?id=1", "?id=6", "?id=0", "?id=-1", "?id=x", "?id=", "?id=2&format=json", "?id=1&events"} {
			if got := get(in, "/"+query).Code; got != http.StatusNotFound {
				t.Errorf("%s: status = %d, want 404", query, got)
			}
		}
		want(t, get(in, "/?id=1").Body.String(), "not kept any more", `<a href="?">`)
	})
	t.Run("it is not inspected itself", func(t *testing.T) {
		if got := get(in, "/").Body.String(); strings.Count(got, "<tr id=") != 3 || !strings.Contains(got, "/page2") {
			t.Errorf("list = %s", got)
		}
	})
	t.Run("its policy is strict and its nonces are new", func(t *testing.T) {
		seen := map[string]bool{}
		for _, query := range []string{"", "?id=5", "?id=1", ""} {
			rec := get(in, "/"+query)
			csp := rec.Header().Get("Content-Security-Policy")
			nonce := regexp.MustCompile(`script-src 'nonce-(\w+)'`).FindStringSubmatch(csp)
			if nonce == nil || seen[nonce[1]] || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
				t.Errorf("policy = %q", csp)
				continue
			}
			seen[nonce[1]] = true
			for _, tag := range regexp.MustCompile(`<(?:script|style)[^>]*>`).FindAllString(rec.Body.String(), -1) {
				want(t, tag, `nonce="`+nonce[1]+`"`)
			}
			if strings.Contains(rec.Body.String(), "style=") {
				t.Error("there is an inline style")
			}
			want(t, rec.Header().Get("Cache-Control"), "no-store")
		}
	})
	t.Run("its list comes as JSON, too", func(t *testing.T) {
		var got struct {
			Responses []struct {
				ID     int
				Path   string
				Status int
				Bytes  int
			}
		}
		if err := json.Unmarshal(get(in, "/?format=json").Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got.Responses) != "[{5 /page4 200 5} {4 /page3 200 5} {3 /page2 200 5}]" {
			t.Errorf("responses = %v", got.Responses)
		}
	})
}

func TestSequences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := inspect.New(1)
		words := func(ctx context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for range 3 {
					if _ = pass(ctx, time.Second); !yield("word ", nil) {
						return
					}
				}
			}
		}
		var page sync.WaitGroup
		page.Go(func() { _ = visit(in, "/", suspense.Text(html("…"), words, suspense.Name("answer"))) })
		time.Sleep(2500 * ms)
		want(t, get(in, "/?id=1").Body.String(), "loading, 2 parts since 1.00 s", `<rect class="loading" x="0.00%" width="100.00%"`)
		page.Wait()
		want(t, get(in, "/?id=1").Body.String(), "chunk, 3 parts since 1.00 s", "loading, 3.00 s")
	})
}

func TestStates(t *testing.T) {
	in := inspect.New(0)
	_ = visit(in, "/broken", templ.ComponentFunc(func(context.Context, io.Writer) error { return errRefused }))
	left, leave := context.WithCancel(t.Context())
	leave()
	_ = inspected(in).Render(newRecorder(), httptest.NewRequest("GET", "/left", nil).WithContext(left), await("a", after(0)))
	func() {
		defer func() { _ = recover() }()
		_ = visit(in, "/aborted", templ.Join(html("head"), templ.Flush(), templ.ComponentFunc(func(context.Context, io.Writer) error { panic(http.ErrAbortHandler) })))
	}()
	_ = visit(in, "/foreign", templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return await("elsewhere", failing(0, errRefused)).Render(ctx, struct{ io.Writer }{w})
	}))
	want(t, get(in, "/").Body.String(), "failed before its first byte", "client left", ">cut<", "/aborted")
	want(t, get(in, "/?id=1").Body.String(), "connection refused", "Nothing was sent")
	want(t, get(in, "/?id=4").Body.String(), "(elsewhere) to a writer", "A boundary in place (elsewhere)", "connection refused")
}

func TestBoundariesAreInDocumentOrder(t *testing.T) {
	var parts []templ.Component
	for range 11 {
		parts = append(parts, with(suspense.Suspense(nil), await("", after(0))))
	}
	in := inspect.New(1)
	_ = visit(in, "/", templ.Join(parts...))
	ids := regexp.MustCompile(`"id": "(.*?)"`).FindAllStringSubmatch(get(in, "/?id=1&format=json").Body.String(), -1)
	for i, id := range ids {
		want := strconv.Itoa(i/2 + 1)
		if i%2 == 1 {
			want += ".1"
		}
		if id[1] != want {
			t.Errorf("boundary %d = %q, want %q", i, id[1], want)
		}
	}
	if len(ids) != 22 {
		t.Errorf("there are %d boundaries, want 22", len(ids))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const responses = 2
	long := strings.Repeat("x", 1<<18)
	var parts []templ.Component
	for i := range 300 {
		load := after(0)
		if i < 40 {
			load = func(context.Context) (string, error) { panic(long) }
		}
		parts = append(parts, await(long, load), templ.Flush())
	}
	page := templ.Join(parts...)
	in := inspect.New(responses)
	_ = visit(in, "/", html("warm"))
	before := testkit.Heap()
	for range 2 * responses {
		_ = visit(in, "/"+long, page)
	}
	per := (testkit.Heap() - before) / responses
	t.Logf("%d KiB a response", per>>10)
	if per > 300<<10 {
		t.Errorf("%d bytes are kept of a response, want at most 300 KiB", per)
	}
	want(t, get(in, "/?id=5").Body.String(), "Cut: 44 more boundaries", "more chunks are not kept", "more failures are not kept")
	runtime.KeepAlive(page)
}

// TestWhileResponsesRun is for the race detector.
func TestWhileResponsesRun(t *testing.T) {
	in := inspect.New(4)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				_ = visit(in, "/", templ.Join(await("a", after(ms)), with(suspense.Suspense(nil), await("b", failing(0, errRefused)), await("c", after(0)))))
			}
		})
		group.Go(func() {
			for i := range 60 {
				for _, query := range []string{"", "?format=json", fmt.Sprintf("?id=%d", i), fmt.Sprintf("?id=%d&format=json", i)} {
					_ = get(in, "/"+query)
				}
			}
		})
	}
	group.Wait()
	if got := get(in, "/").Body.String(); strings.Count(got, "<tr id=") != 4 {
		t.Errorf("list = %s", got)
	}
}

func TestTwoInspectorsOfOneRenderer(t *testing.T) {
	one, two := inspect.New(1), inspect.New(1)
	rd := stream.Renderer{Trace: stream.JoinTraces(one.Trace(), two.Trace(), quiet), Mode: always(stream.Complete)}
	_ = rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), await("a", failing(0, errors.New("boom"))))
	for _, in := range []*inspect.Inspector{one, two} {
		want(t, get(in, "/?id=1").Body.String(), "boom", "500")
	}
}
