package suspense

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Head shows its children until a [SetHead] with the same name replaces them. It
// stands in the head of the page, around a whole element:
//
//	@suspense.Head("title") {
//		<title>Shop</title>
//	}
//
// If something is pending when the shell leaves, the value may change after that:
// a chunk with the new one follows. Otherwise the Head costs no byte. In order, the
// value is the one that is known when the head is sent. In a complete page it is the
// last one. [stream.Head] says more.
func Head(name string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return stream.Head(name, templ.GetChildren(ctx)).Render(ctx, w)
	})
}

// SetHead replaces the children of each [Head] with the same name by its own. It
// shows nothing where it stands, and may stand in any view:
//
//	templ ProductView(p Product) {
//		@suspense.SetHead("title") {
//			<title>{ p.Name } – Shop</title>
//		}
//		<h1>{ p.Name }</h1>
//	}
//
// Of several with the same name, the last one in the page counts, whatever arrives
// first. If the view that contains it fails, it has no effect. [stream.SetHead] says
// more.
func SetHead(name string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return stream.SetHead(name, templ.GetChildren(ctx)).Render(ctx, w)
	})
}
