package suspense

import (
	"context"

	"github.com/rivulet-go/rivulet/stream"
)

// Start calls load at once, in a goroutine of its own, and returns a function
// that waits for its result: begin early, await later. It is for what several
// boundaries need, and for a nested boundary whose load need not wait until
// the boundary around it has loaded.
//
//	user := suspense.Start(ctx, shop.User)
//	...
//	@suspense.Await(nil, user, Greeting)
//
// The returned function may be called any number of times and by several
// goroutines at once; it returns the cause of its context's end if that comes
// first. A panic of load is returned as a *[stream.PanicError]. The load does
// not count under the Renderer's Limit. Its context has the values of ctx and
// ends with ctx and with the response, which waits for it.
func Start[T any](ctx context.Context, load func(context.Context) (T, error)) func(context.Context) (T, error) {
	var v T
	wait := stream.Go(ctx, func(ctx context.Context) (err error) {
		v, err = load(ctx)
		return err
	})
	return func(ctx context.Context) (T, error) {
		if err := wait(ctx); err != nil {
			var zero T
			return zero, err
		}
		return v, nil
	}
}
