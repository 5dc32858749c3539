package suspense_test

import (
	"context"
	"errors"
	"iter"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// A model answers word by word.
type model []string

func (m model) ask(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, word := range m {
			if err := thinking(ctx); err != nil {
				yield("", err)
				return
			}
			if !yield(word, nil) {
				return
			}
		}
		_ = thinking(ctx) // whether that was all
	}
}

// The first word replaces the fallback. Each later word is added to it.
func ExampleText() {
	m := model{"Rivers ", "run ", "<down> ", "hill."}
	visit(templ.Join(text("Answer: "), suspense.Text(text("thinking"), m.ask)))
	// Output:
	// Answer: <?start name="1">thinking<?end>
	// <template for="1">Rivers <?start name="1"><?end></template><!/>
	// <template for="1">run <?start name="1"><?end></template><!/>
	// <template for="1">&lt;down&gt; <?start name="1"><?end></template><!/>
	// <template for="1">hill.<?start name="1"><?end></template><!/>
	// <template for="1"></template><!/>
}

// found is a search that finds one user, then another, and then loses its
// connection.
func found(ctx context.Context) iter.Seq2[user, error] {
	return func(yield func(user, error) bool) {
		for _, u := range []user{{"Ada", 3}, {"Grace", 4}} {
			if err := thinking(ctx); err != nil {
				yield(user{}, err)
				return
			}
			if !yield(u, nil) {
				return
			}
		}
		_ = thinking(ctx)
		yield(user{}, errors.New("connection refused"))
	}
}

// Each value has a view. The views so far stay when the sequence fails.
func ExampleEach() {
	item := func(u user) templ.Component { return text("%s has %d coins. ", u.Name, u.Coins) }
	sorry := func(*stream.BoundaryError) templ.Component { return text("There may be others.") }
	visit(suspense.Each(text("searching"), found, item, suspense.ErrorView(sorry)))
	// Output:
	// <?start name="1">searching<?end>
	// <template for="1">Ada has 3 coins. <?start name="1"><?end></template><!/>
	// <template for="1">Grace has 4 coins. <?start name="1"><?end></template><!/>
	// <template for="1">There may be others.</template><!/>
}
