package suspense_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/templates"
)

// A GET of the page with the header Rivulet answers with the boundary of that key
// alone. The other boundaries load nothing.
func ExampleKey() {
	stock := func(ctx context.Context) (int, error) { return 3, ctx.Err() }
	reviews := func(ctx context.Context) (string, error) { panic("not asked for") }
	page := templ.Join(
		suspense.Await(templates.Spinner(), stock, func(n int) templ.Component { return text("%d in stock", n) },
			suspense.Key("stock"), suspense.Every(30*time.Second)),
		suspense.Await(templates.Skeleton(3), reviews, func(s string) templ.Component { return text("%s", s) }),
	)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/products/7", nil)
	r.Header.Set("Rivulet", "stock")
	stream.Handler(stream.Component(page)).ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output: 200 <?start name="stock">3 in stock<?end name="stock">
}
