package chat

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/model"
)

// An Endpoint is an OpenAI-compatible server.
type Endpoint struct {
	URL   string // of the API, such as "https://api.example.com/v1"
	Key   string // stays on the server
	Model string
	Paced bool // obeys model.PaceHeader
	// HTTP sends the requests. Nil means a client of the Endpoint's own. Redirects
	// are not followed, since the question and the key are only for the server in
	// URL.
	HTTP  *http.Client
	close func() error
}

// Open returns the endpoint that the environment variables OPENAI_BASE_URL,
// OPENAI_API_KEY and OPENAI_MODEL name. Without OPENAI_BASE_URL, it is the model
// that ships with the demo, even if there is a key: a demo must not cost money
// unexpectedly.
func Open(getenv func(string) string) (*Endpoint, error) {
	e := &Endpoint{
		URL:   strings.TrimSuffix(getenv("OPENAI_BASE_URL"), "/"),
		Key:   getenv("OPENAI_API_KEY"),
		Model: getenv("OPENAI_MODEL"),
	}
	switch {
	case e.URL == "":
		return Embedded()
	case e.Model == "":
		return nil, errors.New("chat: OPENAI_BASE_URL without OPENAI_MODEL")
	}
	return e, nil
}

// Embedded trains the model that ships with the demo and serves it over HTTP on a
// port of the loopback interface, so that the same code asks this model and any
// other. Close stops the server.
func Embedded() (*Endpoint, error) {
	m, err := model.Opticks()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	key := rand.Text() // keeps other programs of this machine out
	answers := m.Handler()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+key {
			http.Error(w, "another key is needed", http.StatusUnauthorized)
			return
		}
		answers.ServeHTTP(w, r)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(l) // until Close
	return &Endpoint{
		URL: "http://" + l.Addr().String() + "/v1", Key: key, Model: "opticks", Paced: true,
		close: server.Close,
	}, nil
}

// Close stops the server of Embedded. Answers in progress are cut off.
func (e *Endpoint) Close() error {
	if e.close == nil {
		return nil
	}
	return e.close()
}

// request makes the request for an answer.
func (e *Endpoint) request(ctx context.Context, q Question) (*http.Request, error) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	body, err := json.Marshal(struct {
		Model       string    `json:"model"`
		Stream      bool      `json:"stream"`
		Temperature float64   `json:"temperature"`
		MaxTokens   int       `json:"max_tokens"`
		Messages    []message `json:"messages"`
	}{e.Model, true, q.Temperature, tokens, []message{{"user", q.Text}}})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	if e.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.Key)
	}
	if e.Paced && q.Pace > 0 {
		req.Header.Set(model.PaceHeader, strconv.Itoa(q.Pace))
	}
	return req, nil
}

// client does not follow redirects.
func (e *Endpoint) client() *http.Client {
	c := *cmp.Or(e.HTTP, &http.Client{})
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}
