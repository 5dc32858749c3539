package suspense

import (
	"context"

	"github.com/rivulet-go/rivulet/stream"
)

// Start calls load at once, in a goroutine of its own, and returns a function
// that waits for the result. Use it for a value that several boundaries need. Use
// it also for a nested boundary whose load need not wait for the load of the
// boundary around it.
//
//	user := suspense.Start(ctx, shop.User)
//	...
//	@suspense.Await(nil, user, Greeting)
//
// The returned function may be called any number of times, and concurrently. If
// its context ends first, it returns the cause. A panic of load is returned as a
// *[stream.PanicError]. The Renderer's Limit does not apply to the load. The
// context of the load has the values of ctx, and ends with ctx or with the
// response. The response waits for the load.
//
// A [stream.Page] may call Start with the context of its request. In a handler
// that calls [stream.Render], the response begins with Render. A load that was
// started before does not belong to the response, which does not wait for it.
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
