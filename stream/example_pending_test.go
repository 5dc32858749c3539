package stream_test

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// The notice shows while anything is pending. The last bytes of the page remove
// it.
func ExampleWhilePending() {
	price := func(ctx context.Context) (string, error) { return database(ctx, "12 €") }
	view := func(s string) templ.Component { return stream.Text(s) }
	visit(stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return templ.Join(
			stream.WhilePending(templ.Raw("<p>Some prices are still on their way.</p>")),
			suspense.Await(templ.Raw("…"), price, view),
		), nil
	}))
	// Output:
	// <?start name="1"><?notice><p>Some prices are still on their way.</p><?end><?start name="2">…<?end><script>…</script>
	// <template for="2">12 €</template><!/><template for="1"></template><!/>
}

// The notice says how long the visitor may have to wait.
func ExampleDeadline() {
	price := func(ctx context.Context) (string, error) { return database(ctx, "12 €") }
	view := func(s string) templ.Component { return stream.Text(s) }
	notice := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text := "This may take long."
		if t, ok := stream.Deadline(ctx); ok && time.Until(t) <= 30*time.Second {
			text = "Half a minute at most."
		}
		_, err := io.WriteString(w, text)
		return err
	})
	visit(stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return templ.Join(stream.WhilePending(notice), suspense.Await(templ.Raw("…"), price, view)), nil
	}))
	// Output:
	// <?start name="1"><?notice>Half a minute at most.<?end><?start name="2">…<?end><script>…</script>
	// <template for="2">12 €</template><!/><template for="1"></template><!/>
}
