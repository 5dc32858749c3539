package assets_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream"
)

func routes(page stream.Page) http.Handler {
	rd := stream.Renderer{Script: stream.ExternalScript("/rivulet/" + assets.Unsuspense().Name)}
	mux := http.NewServeMux()
	mux.Handle("GET /rivulet/", assets.Handler())
	mux.Handle("GET /{$}", rd.Handler(page))
	return mux
}

// A page of a program that serves the scripts as files.
func ExampleHandler_page() {
	page := stream.Component(stream.Boundary{
		Fallback: templ.Raw("looking"),
		Load:     func(context.Context) (templ.Component, error) { return templ.Raw("sunny"), nil },
	})
	w := httptest.NewRecorder()
	routes(page).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "sunny"))
	// Output: 200 true
}
