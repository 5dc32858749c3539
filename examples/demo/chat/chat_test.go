package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/model"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

// An upstream is a model without a network, so that it works in virtual time.
type upstream struct {
	http.Handler
	mu    sync.Mutex
	asked []*http.Request
	ended chan struct{} // receives when a request's context has ended
}

func newUpstream(answer http.HandlerFunc) *upstream {
	return &upstream{Handler: answer, ended: make(chan struct{}, 100)}
}

func (u *upstream) endpoint() *chat.Endpoint {
	return &chat.Endpoint{URL: "http://model.example/v1", Key: "secret", Model: "parrot", Paced: true, HTTP: &http.Client{Transport: u}}
}

// RoundTrip has the handler answer in a goroutine of its own, which ends with
// the request.
func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	asked := r.Clone(r.Context())
	asked.Body = io.NopCloser(bytes.NewReader(body))
	u.mu.Lock()
	u.asked = append(u.asked, asked)
	u.mu.Unlock()

	pr, pw := io.Pipe()
	w := &answering{header: http.Header{}, PipeWriter: pw, began: make(chan int, 1)}
	go func() { // the reader of the body waits for it
		u.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		pw.Close()
	}()
	context.AfterFunc(r.Context(), func() {
		pr.CloseWithError(r.Context().Err())
		u.ended <- struct{}{}
	})
	status := <-w.began
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: w.header, Body: pr, Request: r}, nil
}

type answering struct {
	*io.PipeWriter
	header http.Header
	began  chan int
}

func (w *answering) Header() http.Header { return w.header }
func (w *answering) Flush()              {}
func (w *answering) WriteHeader(status int) {
	select {
	case w.began <- status:
	default:
	}
}

func (w *answering) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.PipeWriter.Write(p)
}

// says answers with words, one each time pause has passed.
func says(pause time.Duration, words ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, word := range words {
			if err := wait(r.Context(), pause); err != nil {
				return
			}
			token, _ := json.Marshal(word)
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", token)
		}
		io.WriteString(w, "data: [DONE]\n\n")
	}
}

func wait(ctx context.Context, d time.Duration) error {
	over, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-over.Done()
	return ctx.Err()
}

// A reply is what a browser gets: the pieces that left with one flush each.
type reply struct {
	start  time.Time
	header http.Header
	status int
	unsent bytes.Buffer
	pieces []string
}

func (r *reply) Header() http.Header         { return r.header }
func (r *reply) WriteHeader(status int)      { r.status = status }
func (r *reply) Write(p []byte) (int, error) { return r.unsent.Write(p) }
func (r *reply) Flush() {
	if r.unsent.Len() > 0 {
		r.pieces = append(r.pieces, fmt.Sprintf("%v %s", time.Since(r.start).Truncate(time.Millisecond), r.unsent.String()))
		r.unsent.Reset()
	}
}

// html is what the pieces hold without their times.
func (r *reply) html() (html string) {
	for _, p := range r.pieces {
		_, p, _ = strings.Cut(p, " ")
		html += p
	}
	return html
}

// handler serves a chat with that model.
func handler(model *chat.Endpoint) http.Handler {
	mux := http.NewServeMux()
	chat.Register(mux, stream.Renderer{ErrorView: templates.ErrorCard}, chat.New(model, nil))
	return mux
}

// send sends a request to a chat with that model.
func send(model *chat.Endpoint, r *http.Request) *reply { return visit(handler(model), r) }

// visit sends a request and follows the redirect to the page with the answers.
func visit(h http.Handler, r *http.Request) *reply {
	w := &reply{start: time.Now(), header: http.Header{}}
	h.ServeHTTP(w, r)
	if to := w.header.Get("Location"); w.status == http.StatusSeeOther {
		return visit(h, httptest.NewRequest("GET", to, nil).WithContext(r.Context()))
	}
	w.Flush()
	return w
}

func form(question string, more ...string) *http.Request {
	values := url.Values{"question": {question}}
	for i := 0; i < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	r := httptest.NewRequest("POST", "/chat", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func fetch(key, question string) *http.Request {
	body, _ := json.Marshal(map[string]string{"key": key, "question": question})
	return httptest.NewRequest("POST", "/chat/answer", bytes.NewReader(body))
}

// fetched sends the script's request, and returns the URL from which the script reads the answer.
func fetched(t *testing.T, h http.Handler, key string) string {
	t.Helper()
	w := visit(h, fetch(key, "Why?"))
	var says struct{ Run string }
	if err := json.Unmarshal([]byte(w.html()), &says); err != nil || w.status != http.StatusCreated {
		t.Fatalf("status = %d: %s, want a run", w.status, w.html())
	}
	topic, position, _ := strings.Cut(says.Run, "~")
	return "/chat/answer?" + url.Values{"topic": {topic}, "lastEventId": {position}}.Encode()
}

// logged returns what f logs.
func logged(f func()) string {
	var b bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	f()
	return b.String()
}

func TestTheAnswersArriveWordByWordInThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := send(newUpstream(says(250*time.Millisecond, "Red", " <script>", " sky")).endpoint(), form("Why?"))
		if n := len(w.pieces); n != 4 {
			t.Fatalf("%d pieces, want the shell and one for each word:\n%s", n, strings.Join(w.pieces, "\n----\n"))
		}
		for i, want := range []string{"0s <!doctype html>", "250ms <template", "500ms <template", "750ms <template"} {
			if !strings.HasPrefix(w.pieces[i], want) {
				t.Errorf("piece %d = %.40q, want %q", i, w.pieces[i], want)
			}
		}
		for i, want := range map[int]string{1: ">Red<", 2: "> &lt;script&gt;<", 3: "> sky"} {
			if got := strings.Count(w.pieces[i], want); got != 3 {
				t.Errorf("piece %d has %d times %q, want it for each of three answers:\n%s", i, got, want, w.pieces[i])
			}
		}
		if !strings.Contains(w.html(), "3 words<") {
			t.Errorf("page = %s, want the words counted", w.html())
		}
	})
}

func TestWithoutScriptingTheAnswersAreInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := send(newUpstream(says(250*time.Millisecond, "Red", " sky")).endpoint(), form("Why?", "mode", "order"))
		if strings.Contains(w.html(), "<template") || strings.Contains(w.html(), "thinking") || strings.Count(w.html(), "2 words<") != 3 {
			t.Errorf("page = %s\nwant three answers in place", w.html())
		}
	})
}

func TestTheModelIsAskedAsTheAPIWantsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(says(0, "yes"))
		w := send(u.endpoint(), form("Why \"this\"?", "pace", "10"))
		if len(u.asked) != 3 {
			t.Fatalf("%d requests, want 3", len(u.asked))
		}
		for _, r := range u.asked {
			body, _ := io.ReadAll(r.Body)
			if want := `"messages":[{"role":"user","content":"Why \"this\"?"}]`; !strings.Contains(string(body), want) || !strings.Contains(string(body), `"stream":true`) {
				t.Errorf("request = %s, want it to hold %s and to stream", body, want)
			}
			if r.URL.String() != "http://model.example/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get(model.PaceHeader) != "10" {
				t.Errorf("request to %s with %v, want the key and the pace", r.URL, r.Header)
			}
		}
		if strings.Contains(w.html(), "secret") || strings.Contains(fmt.Sprint(w.header), "secret") {
			t.Error("the browser gets the key")
		}
	})
}

func TestAnAnswerThatFailsHasADigest(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer http.HandlerFunc
		shows  string
		logs   string
	}{
		{"at once", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "key secret is wrong", http.StatusUnauthorized)
		}, "does not answer", "llm: api error .status 401.: key secret is wrong"},
		{"half-way", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"Half an\"}}]}\n\n")
		}, "Half an", "llm: truncated answer"},
		{"never", func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); <-r.Context().Done() }, "The model took too long", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w *reply
				log := logged(func() { w = send(newUpstream(row.answer).endpoint(), form("Why?")) })
				if !strings.Contains(w.html(), row.shows) || strings.Contains(w.html(), "secret") {
					t.Errorf("page = %s\nwant it to show %q and no secret", w.html(), row.shows)
				}
				found := regexp.MustCompile(`digest=(\w+) path=/chat error="(run\.\w+): broker: run ended early`).FindAllStringSubmatch(log, -1)
				if len(found) != 3 {
					t.Fatalf("log = %s\nwant three lines with digests", log)
				}
				for _, m := range found {
					if !strings.Contains(w.html(), m[1]) {
						t.Errorf("page does not show the digest %s", m[1])
					}
					if !regexp.MustCompile(`broker: run failed" topic=`+m[2]+` error="`+row.logs).MatchString(log) && row.logs != "" {
						t.Errorf("log = %s\nwant that %s has failed with %s", log, m[2], row.logs)
					}
				}
			})
		})
	}
}

func TestWhatIsAskedHasLimits(t *testing.T) {
	for _, row := range []struct {
		name     string
		r        *http.Request
		status   int
		contains string
	}{
		{"a long question", form(strings.Repeat("ü", 301)), 422, "too long"},
		{"no question", form("  "), 422, "Please enter a question"},
		{"a long one for the script", fetch("k3f9", strings.Repeat("ü", 301)), 422, "too long"},
		{"a huge body", fetch("k3f9", strings.Repeat("x", 10<<10)), 413, ""},
		{"a topic that is no run", httptest.NewRequest("GET", "/chat/answer?topic=prices", nil), 403, ""},
		{"no JSON", httptest.NewRequest("POST", "/chat/answer", strings.NewReader("x")), 400, "JSON"},
	} {
		t.Run(row.name, func(t *testing.T) {
			u := newUpstream(says(0, "yes"))
			w := send(u.endpoint(), row.r)
			if w.status != row.status || !strings.Contains(w.html(), row.contains) {
				t.Errorf("status = %d: %s, want %d and %q", w.status, w.html(), row.status, row.contains)
			}
			if len(u.asked) > 0 {
				t.Error("the model was asked")
			}
		})
	}
	t.Run("other sites cannot ask", func(t *testing.T) {
		for _, r := range []*http.Request{form("Why?"), fetch("k3f9", "Why?")} {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			if w := send(newUpstream(says(0, "yes")).endpoint(), r); w.status != http.StatusForbidden {
				t.Errorf("%s: status = %d, want 403", r.URL, w.status)
			}
		}
	})
}

func TestThereIsRoomForSoManyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mux := handler(newUpstream(says(time.Second, "one", " two")).endpoint())
		for range 3 { // of three answers each
			go visit(mux, form("Why?")) // the bubble waits for it
		}
		for i := range 3 {
			go visit(mux, httptest.NewRequest("GET", fetched(t, mux, fmt.Sprint(i)), nil)) // the bubble waits for it
		}
		synctest.Wait()
		if w := visit(mux, form("Why?")); w.status != http.StatusServiceUnavailable || !strings.Contains(w.html(), "The model is busy") {
			t.Errorf("status = %d: %s, want 503, and that the model is busy", w.status, w.html())
		}
		if w := visit(mux, fetch("k3f9", "Why?")); w.status != http.StatusServiceUnavailable || !strings.Contains(w.html(), "The model is busy") {
			t.Errorf("status = %d: %s, want 503, and that the model is busy", w.status, w.html())
		}
		if err := wait(t.Context(), 3*time.Second); err != nil {
			t.Fatal(err)
		}
		w := visit(mux, form("Why?"))
		if strings.Count(w.html(), "2 words<") != 3 {
			t.Errorf("page = %s\nwant answers, since there is room again", w.html())
		}
	})
}

func TestWhenTheBrowserLeavesTheModelStops(t *testing.T) {
	for name, request := range map[string]func(*testing.T, http.Handler) *http.Request{
		"the page": func(*testing.T, http.Handler) *http.Request { return form("Why?") },
		"the fetch": func(t *testing.T, h http.Handler) *http.Request {
			return httptest.NewRequest("GET", fetched(t, h, "k3f9"), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(says(time.Second, strings.Fields(strings.Repeat("word ", 50))...))
				mux := handler(u.endpoint())
				ctx, leave := context.WithCancel(t.Context())
				answered := make(chan struct{})
				r := request(t, mux).WithContext(ctx)
				go func() { // received from below
					defer close(answered)
					defer func() {
						if v := recover(); v != nil && v != http.ErrAbortHandler {
							panic(v)
						}
					}()
					visit(mux, r)
				}()
				if err := wait(t.Context(), 2500*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				left := time.Now()
				leave()
				for range len(u.asked) {
					<-u.ended
				}
				if d := time.Since(left); d != 15*time.Second { // the page may be loaded again
					t.Errorf("the request to the model ended after %v, want 15s", d)
				}
				<-answered
			})
		})
	}
}

func TestOpen(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	t.Run("without an address it is the model that ships with the demo, whatever the key", func(t *testing.T) {
		e, err := chat.Open(env("OPENAI_API_KEY", "secret"))
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if e.Key == "secret" || !strings.HasPrefix(e.URL, "http://127.0.0.1:") {
			t.Errorf("Open() = %+v, want the embedded model", e)
		}
		w := send(e, form("What is light?"))
		if n := len(regexp.MustCompile(`\d+ words<`).FindAllString(w.html(), -1)); n != 3 {
			t.Errorf("page = %s\nwant three answers", w.html())
		}
		e.Key = "another"
		if log := logged(func() { w = send(e, form("What is light?")) }); !strings.Contains(log, "401") {
			t.Errorf("log = %s, want the model to refuse a wrong key", log)
		}
	})
	t.Run("it is what the environment says", func(t *testing.T) {
		e, err := chat.Open(env("OPENAI_BASE_URL", "http://host/v1/", "OPENAI_API_KEY", "secret", "OPENAI_MODEL", "m"))
		if err != nil || e.URL != "http://host/v1" || e.Key != "secret" || e.Model != "m" || e.Paced {
			t.Errorf("Open() = %+v, %v", e, err)
		}
	})
	t.Run("a model has to be named", func(t *testing.T) {
		if _, err := chat.Open(env("OPENAI_BASE_URL", "http://host/v1")); err == nil {
			t.Error("Open() = nil, want an error")
		}
	})
}
