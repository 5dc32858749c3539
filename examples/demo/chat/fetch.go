package chat

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// serveStart starts the answer that the script asks for, and tells it the run. The
// script reads the run from /chat/answer, as does any page that has it in its URL.
func (c *Chat) serveStart(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Key, Question, Pace string }
	r.Body = http.MaxBytesReader(w, r.Body, largest)
	tooLarge := (*http.MaxBytesError)(nil)
	if err := json.NewDecoder(r.Body).Decode(&asked); errors.As(err, &tooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "The request is too large.")
		return
	} else if err != nil {
		refuse(w, http.StatusBadRequest, "The request is not JSON.")
		return
	}
	q, problem := question(asked.Question, asked.Pace)
	if problem != "" {
		refuse(w, http.StatusUnprocessableEntity, problem)
		return
	}
	run, err := c.start(r.Context(), asked.Key, q)
	if errors.Is(err, broker.ErrRuns) {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "The model is busy. Ask again in a moment.")
		return
	} else if err != nil {
		refuse(w, http.StatusServiceUnavailable, "The model does not answer.")
		return
	}
	answer(w, http.StatusCreated, map[string]string{
		"run": run.Topic + "~" + run.Position, "question": q.Text, "pace": strconv.Itoa(q.Pace),
	})
}

// refuse tells the script what it shows.
func refuse(w http.ResponseWriter, status int, problem string) {
	answer(w, status, map[string]string{"problem": problem})
}

func answer(w http.ResponseWriter, status int, says map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(says)
}
