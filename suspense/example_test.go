package suspense_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

type user struct {
	Name  string
	Coins int
}

// The view of an Await receives the typed result of its load.
func ExampleAwait() {
	load := func(ctx context.Context) (user, error) {
		return database(ctx, user{"Ada", 3})
	}
	view := func(u user) templ.Component {
		return text("%s has %d coins", u.Name, u.Coins)
	}
	visit(suspense.Await(text("counting"), load, view))
	// Output:
	// <?start name="1">counting<?end>
	// <template for="1">Ada has 3 coins</template><!/>
}

// A boundary that fails shows its error view. The rest of the page is unchanged.
func ExampleAwait_error() {
	coins := func(ctx context.Context) (int, error) {
		if _, err := database(ctx, 0); err != nil {
			return 0, err
		}
		return 0, errors.New("connection refused")
	}
	view := func(n int) templ.Component { return text("%d coins", n) }
	sorry := func(err *stream.BoundaryError) templ.Component {
		return text("Your coins cannot be counted now (%s).", err.Digest)
	}
	visit(templ.Join(
		text("Hello. "),
		suspense.Await(text("counting"), coins, view, suspense.ErrorView(sorry)),
	))
	// Output:
	// Hello. <?start name="1">counting<?end>
	// <template for="1">Your coins cannot be counted now (DIGEST).</template><!/>
}

// report is a component that works while it is rendered.
var report = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
	n, err := database(ctx, 42)
	if err != nil {
		return err
	}
	return text("%d visitors", n).Render(ctx, w)
})

// In a templ file:
//
//	@suspense.Suspense(Dots()) {
//		@Report()
//	}
func ExampleSuspense() {
	visit(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return suspense.Suspense(text("counting")).Render(templ.WithChildren(ctx, report), w)
	}))
	// Output:
	// <?start name="1">counting<?end>
	// <template for="1">42 visitors</template><!/>
}

// The boundary of the orders is inside the view of the user, so the page reaches
// it only after the user has been loaded. Start begins to load the orders with
// the page: both loads run at the same time.
func ExampleStart() {
	asked := make(chan struct{})
	loadOrders := func(context.Context) (int, error) {
		fmt.Println("The orders are asked for.")
		close(asked)
		return 7, nil
	}
	loadUser := func(context.Context) (user, error) {
		<-asked
		fmt.Println("The user is there.")
		return user{Name: "Ada"}, nil
	}
	// In a templ file: {{ orders := suspense.Start(ctx, loadOrders) }}
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		orders := suspense.Start(ctx, loadOrders)
		return suspense.Await(text("…"), loadUser, func(u user) templ.Component {
			return templ.Join(
				text("%s has ", u.Name),
				suspense.Await(text("some"), orders, func(n int) templ.Component { return text("%d", n) }),
				text(" orders."),
			)
		}).Render(ctx, w)
	})
	if err := page.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// The orders are asked for.
	// The user is there.
	// Ada has 7 orders.
}

func ExampleTimeout() {
	// Outside a response the boundary loads in place.
	hangs := func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }
	late := func(err *stream.BoundaryError) templ.Component {
		return text("late: %t", errors.Is(err, stream.ErrTimeout))
	}
	c := suspense.Await(nil, hangs, func(s string) templ.Component { return text("%s", s) },
		suspense.Timeout(1), suspense.ErrorView(late))
	if err := c.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// late: true
}

func ExampleErrorView() {
	load := func(context.Context) (string, error) { return "", errors.New("table users: locked") }
	c := suspense.Await(nil, load, func(s string) templ.Component { return text("%s", s) },
		suspense.ErrorView(func(err *stream.BoundaryError) templ.Component {
			return text("Sorry") // and never the error's text
		}))
	if err := c.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Sorry
}

func ExampleName() {
	load := func(context.Context) (string, error) { return "", errors.New("connection refused") }
	c := suspense.Await(nil, load, func(s string) templ.Component { return text("%s", s) },
		suspense.Name("prices"),
		suspense.ErrorView(func(err *stream.BoundaryError) templ.Component { return text("%s", err.Name) }))
	if err := c.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// prices
}

// A program can define its own options.
func ExampleOption() {
	quick := suspense.Option(func(b *stream.Boundary) {
		b.Name, b.Timeout = "quick", 1
	})
	hangs := func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }
	c := suspense.Await(nil, hangs, func(s string) templ.Component { return text("%s", s) }, quick,
		suspense.ErrorView(func(err *stream.BoundaryError) templ.Component { return text("%s: late", err.Name) }))
	if err := c.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// quick: late
}
