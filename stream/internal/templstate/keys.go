// Package templstate accesses parts of templ's contexts that templ does not
// export: the keys of its values, and the state by which it emits styles, scripts
// and templ.Once only once.
package templstate

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// The keys of templ's values in a context. They are unexported, so each is found
// by observing which key templ looks up.
var (
	Key         = KeyAskedBy(func(ctx context.Context) { templ.GetNonce(ctx) }) // key of the state
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
