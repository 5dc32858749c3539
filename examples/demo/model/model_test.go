package model_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/model"
)

func TestX(t *testing.T) {
	s := time.Now()
	m, _ := model.Opticks()
	t.Log(time.Since(s))
	for _, q := range []string{"What is light?", "How do colours come about in soap bubbles?", "Tell me about the rainbow", "hello"} {
		s = time.Now()
		var b strings.Builder
		n := 0
		for w := range m.Answer(q, rand.New(rand.NewPCG(1, 2))) {
			b.WriteString(w)
			n++
		}
		t.Log(q, n, time.Since(s), b.String())
	}
}
