package stream_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// A component that tells a page which is the answer to a form from others.
func ExampleMethod() {
	method := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, "answer to a %s", stream.Method(ctx))
		return err
	})
	page := func(http.ResponseWriter, *http.Request) (templ.Component, error) { return method, nil }
	rec := httptest.NewRecorder()
	stream.Handler(page).ServeHTTP(rec, httptest.NewRequest("POST", "/", nil))
	fmt.Println(rec.Body)
	fmt.Printf("outside: %q\n", stream.Method(context.Background()))
	// Output:
	// answer to a POST
	// outside: ""
}
