package model_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/model"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

var opticks = sync.OnceValue(func() *model.Model {
	m, err := model.Opticks()
	if err != nil {
		panic(err)
	}
	return m
})

func answer(m *model.Model, prompt string, temperature float64, seed uint64) string {
	var b strings.Builder
	for w := range m.Answer(prompt, temperature, rand.New(rand.NewPCG(seed, 0))) {
		b.WriteString(w)
	}
	return b.String()
}

func TestAnswer(t *testing.T) {
	m := opticks()
	t.Run("is told by its seed", func(t *testing.T) {
		if got, want := answer(m, "What is light?", 1, 1), answer(m, "What is light?", 1, 1); got != want {
			t.Errorf("answer = %q, then %q", want, got)
		}
	})
	t.Run("is of whole sentences, whatever is asked", func(t *testing.T) {
		for seed := range uint64(10) {
			for _, prompt := range []string{"What is light?", "xyzzy", "", "…", "the the the"} {
				got := answer(m, prompt, []float64{0, 0.5, 1, 2}[seed%4], seed)
				if got == "" || strings.TrimSpace(got) != got || !strings.ContainsAny(got[len(got)-1:], ".?!") {
					t.Errorf("answer to %q with seed %d = %q, want sentences", prompt, seed, got)
				}
			}
		}
	})
	t.Run("is about what was asked", func(t *testing.T) {
		for _, word := range []string{"prism", "bubbles", "telescope", "magnet"} {
			about := 0
			for seed := range uint64(12) {
				if strings.Contains(strings.ToLower(answer(m, word, 1, seed)), word) {
					about++
				}
			}
			if about == 0 {
				t.Errorf("none of 12 answers has the word %q", word)
			}
		}
	})
}

func TestHandler(t *testing.T) {
	server := httptest.NewServer(opticks().Handler())
	defer server.Close()
	for _, tt := range []struct {
		name, body string
		status     int
	}{
		{"streams an answer", `{"model":"opticks","stream":true,"messages":[{"role":"user","content":"What is light?"}]}`, 200},
		{"refuses what is not JSON", `x`, 400},
		{"refuses no messages", `{"stream":true}`, 400},
		{"refuses not to stream", `{"messages":[{"content":"?"}]}`, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := http.Post(server.URL, "application/json", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("status = %d, want %d", resp.StatusCode, tt.status)
			}
			if tt.status != 200 {
				return
			}
			n := 0
			for _, err := range llm.Text(resp.Body) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n < 20 {
				t.Errorf("%d tokens, want an answer", n)
			}
		})
	}
}
