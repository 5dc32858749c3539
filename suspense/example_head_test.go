package suspense_test

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/suspense"
)

// children renders c with children. In a templ file: @c { children }
func children(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// The title of the page is the name of a user, who is loaded after the head has been
// sent. In a templ file:
//
//	templ Page() {
//		<head>
//			@suspense.Head("title") {
//				<title>Users</title>
//			}
//		</head>
//		...
//		@suspense.Await(Counting(), load, UserView)
//	}
//
//	templ UserView(u User) {
//		@suspense.SetHead("title") {
//			<title>{ u.Name }</title>
//		}
//		{ u.Name } has { u.Coins } coins
//	}
func ExampleSetHead() {
	load := func(ctx context.Context) (user, error) {
		return database(ctx, user{"Ada", 3})
	}
	view := func(u user) templ.Component {
		return templ.Join(
			children(suspense.SetHead("title"), templ.Raw("<title>"), text("%s", u.Name), templ.Raw("</title>")),
			text("%s has %d coins", u.Name, u.Coins),
		)
	}
	visit(templ.Join(
		templ.Raw("<head>"),
		children(suspense.Head("title"), templ.Raw("<title>Users</title>")),
		templ.Raw("</head>"),
		suspense.Await(text("counting"), load, view),
	))
	// Output:
	// <head><?start name="1"><title>Users</title><?end></head><?start name="2">counting<?end>
	// <template for="2">Ada has 3 coins</template><!/><template for="1"><title>Ada</title></template><!/>
}

// Nothing is pending when the head is sent, so it has no markers.
func ExampleHead() {
	visit(templ.Join(
		templ.Raw("<head>"),
		children(suspense.Head("robots")),
		children(suspense.Head("title"), templ.Raw("<title>Users</title>")),
		templ.Raw("</head>"),
		children(suspense.SetHead("robots"), templ.Raw(`<meta name="robots" content="noindex">`)),
		text("Nobody is here"),
	))
	// Output:
	// <head><meta name="robots" content="noindex"><title>Users</title></head>Nobody is here
}
