package chat

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// ask starts the answers and sends the browser to the page that shows them. That
// page has the runs in its URL. The form has a random key, so that a form that is
// sent twice asks the model once.
func (c *Chat) ask(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
	v := c.visit()
	status := v.read(r)
	q := url.Values{"question": {v.Question}, "pace": {strconv.Itoa(v.Pace)}, "mode": r.PostForm["mode"]}
	for _, m := range manners {
		if v.Problem != "" {
			break
		}
		asked := Question{Text: v.Question, Pace: v.Pace, Temperature: m.Temperature}
		run, err := c.start(r.Context(), r.PostFormValue("key"), asked)
		if errors.Is(err, broker.ErrRuns) {
			v.Problem, status = "The model is busy. Ask again in a moment.", http.StatusServiceUnavailable
			c.stop(r.Context(), q["run"])
		} else if err != nil {
			return nil, err
		}
		q.Add("run", run.Topic+"~"+run.Position)
	}
	if v.Problem != "" {
		w.WriteHeader(status)
		return Page(v), nil
	}
	http.Redirect(w, r, "/chat?"+q.Encode(), http.StatusSeeOther)
	return nil, nil
}

// start starts one answer, or returns the run that has been started with the key. A
// visitor who goes back to the form sends the same key, perhaps with another question.
func (c *Chat) start(ctx context.Context, key string, q Question) (broker.Run, error) {
	if key != "" {
		key = fmt.Sprint(key, q)
	}
	return c.answers.Start(ctx, key, c.limits, func(ctx context.Context) iter.Seq2[string, error] {
		return c.model.ask(ctx, q)
	})
}

// serveStop stops the answer whose button was pressed, and sends the browser back to
// the page. A script names no page.
func (c *Chat) serveStop(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, largest)
	if err := r.ParseForm(); err != nil {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	c.stop(r.Context(), r.PostForm["stop"])
	if !r.PostForm.Has("page") {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	q, _ := url.ParseQuery(r.PostForm.Get("page")) // what cannot be read is left out
	http.Redirect(w, r, "/chat?"+q.Encode(), http.StatusSeeOther)
}

// stop stops answers. One that does not stop now ends with its Timeout.
func (c *Chat) stop(ctx context.Context, runs []string) {
	for _, run := range runs {
		if r, ok := parseRun(run); ok {
			_ = c.answers.Topic(r.Topic).Stop(ctx)
		}
	}
}

// parseRun reads a run in the form in which the URL has it.
func parseRun(s string) (broker.Run, bool) {
	topic, position, ok := strings.Cut(s, "~")
	return broker.Run{Topic: topic, Position: position}, ok && strings.HasPrefix(topic, "run.")
}

// show adds the answers whose runs the URL names.
func (v *Visit) show(c *Chat, q url.Values) {
	v.Question, v.Pace, v.Query = q.Get("question"), pace(q.Get("pace")), q.Encode()
	runs := q["run"]
	for i, m := range manners[:min(len(manners), len(runs))] {
		if run, ok := parseRun(runs[i]); ok {
			v.Answers = append(v.Answers, Answer{manner: m, tally: &tally{chat: c, run: run, over: make(chan struct{})}})
		}
	}
}
