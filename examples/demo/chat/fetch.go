package chat

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// answer relays one answer to the script. When the script aborts its request, the
// request to the model ends at once.
func (c *Chat) answer() http.Handler {
	relay := &llm.Relay{Request: c.request, HTTP: c.model.HTTP, MaxBody: largest, Idle: silence}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, ok := c.room.enter()
		if !ok {
			busy(w)
			return
		}
		defer leave()
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		relay.ServeHTTP(w, r.WithContext(ctx))
	})
}

// request makes the request to the model from the script's request.
func (c *Chat) request(ctx context.Context, r *http.Request) (*http.Request, error) {
	var asked struct{ Answer, Question, Pace string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, &llm.RefusedError{StatusCode: http.StatusBadRequest, Message: "The request is not JSON."}
	}
	q, problem := question(asked.Question, asked.Pace)
	if problem != "" {
		return nil, &llm.RefusedError{StatusCode: http.StatusUnprocessableEntity, Message: problem}
	}
	if !c.open.add(ctx, asked.Answer) {
		return nil, &llm.RefusedError{StatusCode: http.StatusConflict, Message: "The answer needs a unique name."}
	}
	return c.model.request(ctx, q)
}

// busy answers in the form that the relay uses for errors.
func busy(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"message": "The model is busy. Ask again in a moment.", "type": "server_error", "param": nil, "code": "busy",
	}})
}

// open is the set of answers that are being relayed, by the names that the script
// has given them.
type open struct{ requests sync.Map } // channels that close when the requests to the model end

var name = regexp.MustCompile(`^[0-9a-z-]{8,40}$`)

// add records an answer. Its request to the model ends with ctx.
func (o *open) add(ctx context.Context, answer string) bool {
	if !name.MatchString(answer) {
		return false
	}
	if _, taken := o.requests.LoadOrStore(answer, ctx.Done()); taken {
		return false
	}
	context.AfterFunc(ctx, func() { o.requests.Delete(answer) })
	return true
}

// serveEnd answers when the request to the model for ?answer= has ended. A script
// that has stopped an answer learns from it that the model has stopped, too.
func (o *open) serveEnd(w http.ResponseWriter, r *http.Request) {
	if end, ok := o.requests.Load(r.FormValue("answer")); ok {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		select {
		case <-end.(<-chan struct{}):
		case <-ctx.Done():
			http.Error(w, "the answer goes on", http.StatusConflict)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// A room limits the answers that are relayed at once to its capacity.
type room chan struct{}

// enter takes a place, if there is one, until leave is called.
func (r room) enter() (leave func(), ok bool) {
	select {
	case r <- struct{}{}:
		return func() { <-r }, true
	default:
		return nil, false
	}
}
