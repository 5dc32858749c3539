package suspense

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream"
)

// Live is an [Await] whose content goes on changing: what is published to the
// URL of the region patches it, by a script that comes with the region.
//
//	@suspense.Live(board, templates.Skeleton(3), shop.Games, Games)
//
// The position of the events is asked for before load begins, so nothing is lost
// between what load has seen and the first event: what changes the data commits
// first and publishes afterwards, and what the view holds already may come again
// as an event, which changes nothing. So load must begin now: what [Start] began
// earlier may be older than the position.
//
// A load that fails shows its error view and no region. One whose position cannot
// be had is shown all the same, with a line in slog.Default: its page is told of a
// gap when there are events again, and fetches the region once more. A region in a
// fallback is not live; it shows its own fallback. A page with a region answers a
// GET: after a gap the browser fetches its URL with GET, so the answer to a form is
// a redirect. Live panics if load, view or the
// region's Position is nil; a bad name or URL is an error of Render.
func Live[T any](region Region, fallback templ.Component, load func(context.Context) (T, error), view func(T) templ.Component, opts ...Option) templ.Component {
	switch {
	case load == nil:
		panic("suspense: Live with a nil load")
	case view == nil:
		panic("suspense: Live with a nil view")
	case region.Position == nil:
		panic("suspense: Live with a Region without a Position")
	}
	return &live[T]{region, await[T]{fallback, load, view, opts}}
}

type live[T any] struct {
	region Region
	await  await[T]
}

func (l *live[T]) Render(ctx context.Context, w io.Writer) error {
	if err := l.region.check(); err != nil {
		return err
	}
	source, err := l.region.source()
	if err != nil {
		return err
	}
	if method := stream.Method(ctx); method != "" && method != http.MethodGet && method != http.MethodHead {
		if _, told := toldMethod.LoadOrStore(method, true); !told {
			slog.WarnContext(ctx, "suspense: live region in the answer to a request that is no GET: after a gap its page is fetched with GET; answer with a redirect",
				slog.String("region", l.region.Name), slog.String("method", method))
		}
	}
	load := func(ctx context.Context) (templ.Component, error) { return l.loaded(ctx, source) }
	return place(ctx, w, stream.Boundary{Fallback: l.await.fallback, Load: load}, l.await.opts)
}

// toldMethod holds the methods that have been warned about. A server accepts few.
var toldMethod sync.Map

// nowhere is a position of no topic: who comes with it is told of a gap.
const nowhere = "0-0"

// loaded is the load of the boundary.
func (l *live[T]) loaded(ctx context.Context, source string) (templ.Component, error) {
	id, err := l.region.Position(ctx)
	if err != nil {
		slog.WarnContext(ctx, "suspense: region without a position", slog.String("region", l.region.Name), slog.Any("error", err))
		id = nowhere
	}
	parts := goodID.FindStringSubmatch(id)
	if parts == nil {
		return nil, fmt.Errorf("position of region %q: id %q is not of the form epoch-number", l.region.Name, id)
	}
	content, err := l.await.loaded(ctx)
	if err != nil || content == nil {
		return nil, err
	}
	return l.region.page(source+parts[1], parts[2], content), nil
}

var liveScript = templ.NewOnceHandle()

// page is the region as it stands in the page. What says that it is live comes
// last: a script that finds it finds the whole region. It is a processing
// instruction, because no sanitizer lets one through: HTML that users wrote can
// hold a template, but never order a stream. The template only makes it quick to
// find.
func (r Region) page(source, number string, content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		start := openItem(r.Name+".live") + r.open()
		end := r.close() + `<?live ` + r.Name + ` ` + number + ` ` + source + `><template data-r></template>` + closeItem(r.Name+".live")
		if err := between(ctx, w, start, content, end); err != nil {
			return err
		}
		script := r.Script.Element(assets.Live().Text)
		return liveScript.Once().Render(templ.WithChildren(ctx, script), w)
	})
}
