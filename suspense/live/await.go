package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// Await is [suspense.Await] for content that keeps changing. The content becomes
// the region, and events from the URL of the region change it.
//
//	@live.Await(board, templates.Skeleton(3), shop.Games, Games)
//
// Await asks for the Position of the region before it calls load, so that no
// event between the load and the first event is lost. A program that changes the
// data commits first and publishes afterwards. An event may arrive although its
// change is already in the content: it changes nothing. Do not pass a load that
// [suspense.Start] has begun, because its result may be older than the position.
//
// If load fails, the error view is shown, without a region. If Position fails,
// the failure is logged and the region is shown. The first answer of the URL then
// tells the page of a gap, and the page fetches the region again. In a fallback,
// Await shows its own fallback.
//
// A [suspense.Key] must not be the name of the region, since both are names of a
// part of the page.
//
// Await panics if load, view or the Position of the region is nil. With an
// invalid name or URL, or with its name as the key, Render returns an error.
func Await[T any](region Region, fallback templ.Component, load func(context.Context) (T, error), view func(T) templ.Component, opts ...suspense.Option) templ.Component {
	switch {
	case load == nil:
		panic("live: Await with a nil load")
	case view == nil:
		panic("live: Await with a nil view")
	case region.Position == nil:
		panic("live: Await with a Region without a Position")
	}
	return &await[T]{region, fallback, load, view, opts}
}

type await[T any] struct {
	region   Region
	fallback templ.Component
	load     func(context.Context) (T, error)
	view     func(T) templ.Component
	opts     []suspense.Option
}

func (a *await[T]) Render(ctx context.Context, w io.Writer) error {
	source, err := a.region.source()
	if err != nil {
		return err
	}
	var b stream.Boundary
	for _, opt := range a.opts {
		opt(&b)
	}
	if b.Key == a.region.Name {
		return fmt.Errorf("live: key %q is the name of the region", b.Key)
	}
	a.region.lookAtMethod(ctx)
	load := func(ctx context.Context) (templ.Component, error) { return a.loaded(ctx, source) }
	return suspense.Await(a.fallback, load, itself, a.opts...).Render(ctx, w)
}

func itself(c templ.Component) templ.Component { return c }

// nowhere is a position that no topic has. A browser that asks for the events
// after it is told of a gap.
const nowhere = "0-0"

// loaded is the load of the boundary.
func (a *await[T]) loaded(ctx context.Context, source string) (templ.Component, error) {
	id, err := a.region.Position(ctx)
	final := errors.Is(err, ErrEnded)
	if err != nil && !final {
		a.region.logger().WarnContext(ctx, "live: region without a position",
			slog.String("region", a.region.Name), slog.Any("error", err))
		id = nowhere
	}
	parts := goodID.FindStringSubmatch(id)
	if parts == nil && !final {
		return nil, fmt.Errorf("position of region %q: id %q is not of the form epoch-number", a.region.Name, id)
	}
	v, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	content := a.view(v)
	if content == nil {
		return nil, nil // the boundary fails, since a view must not be nil
	}
	if final {
		return content, nil
	}
	return a.region.page(source+parts[1], parts[2], content), nil
}
