// Package templstate knows what templ does not export of its contexts: the keys
// of its values, and the state by which it emits styles, scripts and
// templ.Once only once.
package templstate

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// The keys under which templ keeps its own values in a context. They are
// unexported, so each is learnt by watching what templ asks for.
var (
	Key         = KeyAskedBy(func(ctx context.Context) { templ.GetNonce(ctx) }) // of the state
	ChildrenKey = KeyAskedBy(func(ctx context.Context) { templ.GetChildren(ctx) })
	FragmentKey = KeyAskedBy(func(ctx context.Context) { _ = templ.Fragment(nil).Render(ctx, io.Discard) })
)

// KeyAskedBy returns the last key that ask looks up in its context.
func KeyAskedBy(ask func(context.Context)) any {
	p := &keyProbe{Context: context.Background()}
	ask(p)
	return p.key
}

type keyProbe struct {
	context.Context
	key any
}

func (p *keyProbe) Value(key any) any {
	p.key = key
	return nil
}
