package suspense_test

import (
	"context"
	"errors"
	"iter"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// A model is what answers word by word. Sequences of other shapes are made into
// an iter.Seq2 in the same way.
type model struct{ words []string }

func (m model) ask(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for i, word := range m.words {
			var err error
			if i == 1 { // the rest of the answer takes longer than the shell
				word, err = database(ctx, word)
			}
			if !yield(word, err) || err != nil {
				return
			}
		}
	}
}

// The first word is there when the shell leaves; what comes later is added to
// it.
func ExampleText() {
	m := model{[]string{"Rivers ", "run ", "<down>", " hill."}}
	visit(templ.Join(text("Answer: "), suspense.Text(text("thinking"), m.ask)))
	// Output:
	// Answer: Rivers <?start name="1"><?end>
	// <template for="1">run &lt;down&gt; hill.</template><!/>
}

// Each value has its view, and a view may hold boundaries of its own.
func ExampleEach() {
	users := func(ctx context.Context) iter.Seq2[user, error] {
		return func(yield func(user, error) bool) {
			ada, err := database(ctx, user{Name: "Ada"})
			if !yield(ada, err) || err != nil {
				return
			}
			yield(user{Name: "Grace"}, nil)
		}
	}
	item := func(u user) templ.Component {
		coins := func(context.Context) (int, error) { return 3, nil }
		return templ.Join(text("%s has ", u.Name), suspense.Await(text("some"), coins, func(n int) templ.Component {
			return text("%d coins. ", n)
		}))
	}
	visit(suspense.Each(text("searching"), users, item))
	// Output:
	// <?start name="1">searching<?end>
	// <template for="1">Ada has 3 coins. Grace has 3 coins. </template><!/>
}

// What has come stays when the sequence fails.
func ExampleEach_error() {
	lines := func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			first, err := database(ctx, "line 1. ")
			if !yield(first, err) || err != nil {
				return
			}
			yield("", errors.New("connection refused"))
		}
	}
	sorry := func(*stream.BoundaryError) templ.Component { return text("The rest cannot be shown now.") }
	visit(suspense.Each(text("waiting"), lines, func(s string) templ.Component { return text("%s", s) }, suspense.OnError(sorry)))
	// Output:
	// <?start name="1">waiting<?end>
	// <template for="1">line 1. The rest cannot be shown now.</template><!/>
}
