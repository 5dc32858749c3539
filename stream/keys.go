package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// ownerKey is the key of the *boundary that a context belongs to.
type ownerKey struct{}

// viewKey is the key of the *response in whose goroutine a context is used: in
// those of its page and its views, not in those of loads.
type viewKey struct{}

// fallbackKey is the key that says that a context is that of a fallback.
type fallbackKey struct{}

// The keys under which templ keeps its own values in a context. They are
// unexported, so each is learnt by watching what templ asks for.
var (
	stateKey    = keyAskedBy(func(ctx context.Context) { templ.GetNonce(ctx) })
	childrenKey = keyAskedBy(func(ctx context.Context) { templ.GetChildren(ctx) })
	fragmentKey = keyAskedBy(func(ctx context.Context) { _ = templ.Fragment(nil).Render(ctx, io.Discard) })
)

// keyAskedBy returns the last key that ask looks up in its context.
func keyAskedBy(ask func(context.Context)) any {
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
