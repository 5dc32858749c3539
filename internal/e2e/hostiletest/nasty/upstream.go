package nasty

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
	"github.com/rivulet-go/rivulet/suspense"
)

// Kinds are the behaviours of the model.
var Kinds = []string{
	"good", "slow", "nodone", "cut", "hang", "mute", "garbage", "hugeline", "comments", "badjson", "wrongtypes",
	"html", "gzip", "redirect", "unauthorized", "ratelimit", "servererror", "event", "field", "retry", "loop",
}

// An upstream is an OpenAI-compatible server that is compromised, or mad. It
// tells its secret wherever it can.
type upstream struct {
	url    string
	server *http.Server
	done   chan struct{}
	client *http.Client
}

func (u *upstream) open() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	u.url = "http://" + l.Addr().String() + "/v1/chat/completions"
	u.server = &http.Server{Handler: http.HandlerFunc(u.serve), ReadHeaderTimeout: time.Second}
	u.done = make(chan struct{})
	u.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() { // close waits for it
		defer close(u.done)
		_ = u.server.Serve(l)
	}()
	return nil
}

func (u *upstream) close() {
	_ = u.server.Close()
	<-u.done
}

// chunk is one chunk of an answer.
func chunk(text string) string {
	b, _ := json.Marshal(text)
	return fmt.Sprintf("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", b)
}

const apiError = `{"error":{"message":"key ` + Secret + ` at 10.0.0.7","type":"x","code":"` + Secret + `"}}`

func (u *upstream) serve(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	kind, text := v.Get("k"), v.Get("t")+v.Get("u")
	w.Header().Set("X-Key", Secret)
	w.Header().Set("Set-Cookie", "key="+Secret)
	w.Header().Set("Content-Type", "text/event-stream")
	say := func(s string) {
		_, _ = w.Write([]byte(s))
		_ = http.NewResponseController(w).Flush()
	}
	status := func(code int) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		say(apiError)
	}
	const done = "data: [DONE]\n\n"
	switch kind {
	case "slow":
		for range 8 {
			say(chunk(text))
			if sleep(r.Context(), 20*ms) != nil {
				return
			}
		}
		say(done)
	case "nodone":
		say(chunk(text))
	case "cut":
		say(chunk(text) + "data: {\"choi")
		panic(http.ErrAbortHandler)
	case "hang":
		say(chunk(text))
		_ = sleep(r.Context(), time.Second)
	case "mute":
		_ = sleep(r.Context(), time.Second)
	case "garbage":
		say("\x00\xff\xfe: \r\r\n\n" + strings.Repeat("data: "+Secret, 100) + "\n\n" + done)
	case "hugeline":
		say(chunk(strings.Repeat(text, 1<<20/(len(text)+1))) + done)
	case "comments":
		say(strings.Repeat(": "+Secret+"\n", 10_000) + chunk(text) + done)
	case "badjson":
		say(chunk(text) + "data: {\"choices\": \"" + Secret + "\n\n" + done)
	case "wrongtypes":
		say("data: {\"choices\":[{\"index\":\"x\",\"delta\":[\"" + Secret + "\"]}]}\n\n" + done)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		say("<!DOCTYPE html><script>" + Secret + "</script>")
	case "gzip":
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(chunk(text) + done))
		_ = z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		say(b.String())
	case "redirect":
		http.Redirect(w, r, "/"+Secret, http.StatusTemporaryRedirect)
	case "unauthorized":
		status(http.StatusUnauthorized)
	case "ratelimit":
		w.Header().Set("Retry-After", "3")
		status(http.StatusTooManyRequests)
	case "servererror":
		status(http.StatusInternalServerError)
	case "event":
		say(chunk(text) + "event: error\ndata: " + apiError + "\n\n")
	case "field":
		say(chunk(text) + "error: " + apiError + "\n\n" + done)
	case "retry":
		say("retry: 0\nid: " + Secret + "\n\n" + chunk(text) + done)
	case "loop":
		for range 200 {
			say(chunk(text))
		}
		say(done)
	default:
		say(chunk(text) + done)
	}
}

// ask is the request for an answer.
func (u *upstream) ask(ctx context.Context, q query) (*http.Request, error) {
	v := url.Values{"k": {q.kind}, "t": {q.token}, "u": {q.user}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.url+"?"+v.Encode(), strings.NewReader("{}"))
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+Secret)
	}
	return req, err
}

// relay hands answers on.
func (s *Site) relay() http.Handler {
	return &llm.Relay{
		Request: func(ctx context.Context, r *http.Request) (*http.Request, error) {
			q := s.query(r)
			switch q.mode {
			case "refuse":
				return nil, &llm.RefusedError{StatusCode: http.StatusPaymentRequired, Message: q.token}
			case "error":
				return nil, errSecret
			}
			return s.upstream.ask(ctx, q)
		},
		HTTP:         s.upstream.client,
		MaxBody:      4 << 10,
		MaxEventSize: 512 << 10,
		Idle:         200 * ms,
		WriteTimeout: 300 * ms,
	}
}

// answer is a part of a page that a model writes.
func (s *Site) answer(q query) templ.Component {
	return suspense.Text(dots(q), func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			req, err := s.upstream.ask(ctx, q)
			if err != nil {
				yield("", err)
				return
			}
			res, err := s.upstream.client.Do(req)
			if err != nil {
				yield("", err)
				return
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusOK {
				yield("", fmt.Errorf("%s: %s", res.Status, Secret))
				return
			}
			llm.Text(res.Body)(yield)
		}
	})
}
