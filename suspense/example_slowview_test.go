package suspense_test

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/suspense"
)

// Wrong: the view of the prices does slow work. Views are rendered one after the
// other, so everything behind this view waits. Do slow work in the load of an
// Await or in the children of a Suspense.
func Example_slowWorkInAView() {
	viewStarted, stockLoaded := make(chan struct{}), make(chan struct{})
	prices := func(ctx context.Context) (int, error) { return database(ctx, 3) }
	slowView := func(n int) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			close(viewStarted)
			<-stockLoaded // for so long does the work take
			return text("%d coins", n).Render(ctx, w)
		})
	}
	stock := func(ctx context.Context) (int, error) {
		<-viewStarted
		fmt.Println("The stock is there and waits for the view of the prices.")
		close(stockLoaded)
		return 5, nil
	}
	visit(templ.Join(
		suspense.Await(nil, prices, slowView),
		suspense.Await(nil, stock, func(n int) templ.Component { return text("%d left", n) }),
	))
	// Output:
	// <?start name="1"><?end><?start name="2"><?end>
	// The stock is there and waits for the view of the prices.
	// <template for="1">3 coins</template><!/>
	// <template for="2">5 left</template><!/>
}
