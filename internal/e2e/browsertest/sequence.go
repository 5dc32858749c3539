package browsertest

import (
	"context"
	"fmt"
	"iter"
)

// Gates is a sequence of the names of gates. Each arrives when the test opens it.
// The last gate ends the sequence and is not part of it.
func Gates(names ...string) func(context.Context) iter.Seq2[string, error] {
	return func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for i, name := range names {
				text, err := Gate(name)(ctx)
				if err == nil && i == len(names)-1 || !yield(text, err) || err != nil {
					return
				}
			}
		}
	}
}

// Words is a sequence of words, each behind a gate: NAME-0, NAME-1 and so on,
// and one more for the end.
func Words(name string, words ...string) func(context.Context) iter.Seq2[string, error] {
	var gates []string
	for i := range len(words) + 1 {
		gates = append(gates, fmt.Sprintf("%s-%d", name, i))
	}
	return func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			i := 0
			for _, err := range Gates(gates...)(ctx) {
				word := words[i]
				i++
				if !yield(word, err) || err != nil {
					return
				}
			}
		}
	}
}
