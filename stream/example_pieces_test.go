package stream_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"os"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// The content of a boundary can come in pieces. A program uses suspense.Text and
// suspense.Each for that.
func ExampleBoundary_pieces() {
	countdown := func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			for _, c := range []templ.Component{stream.Text("3 < 4, "), templ.Raw("<b>2</b>, ")} {
				if err := thinking(ctx); err != nil {
					yield(nil, err)
					return
				}
				if !yield(c, nil) {
					return
				}
			}
			_ = thinking(ctx)
			yield(stream.Text("1"), nil)
			_ = thinking(ctx)
		}
	}
	rd := stream.Renderer{Script: stream.NoScript()}
	visit(rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return at(stream.Boundary{Fallback: templ.Raw("…"), Pieces: countdown}), nil
	}))
	// Output:
	// <?start name="1">…<?end>
	// <template for="1">3 &lt; 4, <?start name="1"><?end></template><!/>
	// <template for="1"><b>2</b>, <?start name="1"><?end></template><!/>
	// <template for="1">1<?start name="1"><?end></template><!/>
	// <template for="1"></template><!/>
}

func ExampleText() {
	if err := stream.Text("Fish & <chips>").Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Fish &amp; &lt;chips&gt;
}
