package inspect_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

// home is the page of the examples.
func home(http.ResponseWriter, *http.Request) (templ.Component, error) {
	prices := func(context.Context) (string, error) { return "12, 15, 20", nil }
	view := func(s string) templ.Component { return templ.Raw(s) }
	return suspense.Await(templ.Raw("…"), prices, view, suspense.Name("prices")), nil
}

// The inspector is mounted beside the site and receives the events of its pages.
func ExampleNew() {
	inspector := inspect.New(100)
	rd := stream.Renderer{Trace: inspector.Trace()}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", rd.Handler(home))
	mux.Handle("GET /inspect", inspector)

	inspector.Logger = slog.New(slog.DiscardHandler) // it would log the token

	// A program prints the address with the token. Without the token, it is refused.
	for _, address := range []string{"http://localhost/inspect", inspector.URL("http://localhost/inspect")} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		fmt.Println(w.Code, len(w.Result().Cookies()), "cookies")
	}
	// Output:
	// 403 0 cookies
	// 303 1 cookies
}

// A fixed token opens the inspector after a restart of the program, too, as under
// templ generate --watch.
func ExampleInspector_URL() {
	inspector := inspect.New(100)
	inspector.Token = "J5QDKXWVMQ2ZC7SP" // from the environment, for example
	fmt.Println(inspector.URL("http://localhost:8080/inspect"))
	// Output:
	// http://localhost:8080/inspect?token=J5QDKXWVMQ2ZC7SP
}

// JoinTraces combines the inspector with a log.
func ExampleInspector_Trace() {
	inspector := inspect.New(100)
	rd := stream.Renderer{Trace: stream.JoinTraces(inspector.Trace(), stream.Slog(slog.New(slog.DiscardHandler)))}
	rd.Handler(home).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	r := httptest.NewRequest("GET", inspector.URL("http://localhost/?format=json"), nil)
	w := httptest.NewRecorder()
	inspector.ServeHTTP(w, r)
	fmt.Println(strings.Count(w.Body.String(), `"path": "/"`), "response")
	// Output:
	// 1 response
}

// Allow checks the program's own users. It must not allow every client, nor every
// request from this machine: a proxy makes all requests from there. Paths and the
// texts of errors are confidential.
func ExampleInspector() {
	inspector := inspect.New(100)
	inspector.Allow = func(r *http.Request) bool {
		user, password, ok := r.BasicAuth()
		return ok && user == "ops" && password == "out of the vault"
	}
	for _, password := range []string{"guess", "out of the vault"} {
		r := httptest.NewRequest("GET", "https://site.example/inspect", nil)
		r.SetBasicAuth("ops", password)
		w := httptest.NewRecorder()
		inspector.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 403
	// 200
}

// Tests and scripts read the figures as JSON.
func ExampleInspector_ServeHTTP() {
	inspector := inspect.New(100)
	rd := stream.Renderer{Trace: inspector.Trace()}
	rd.Handler(home).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/prices", nil))
	r := httptest.NewRequest("GET", inspector.URL("http://localhost/?id=1&format=json"), nil)
	w := httptest.NewRecorder()
	inspector.ServeHTTP(w, r)
	for _, field := range regexp.MustCompile(`"(?:path|status|bytes|name|state)": ("[/\w][^"]*"|\d+)`).FindAllString(w.Body.String(), -1) {
		fmt.Println(strings.TrimSuffix(field, ","))
	}
	// Output:
	// "path": "/prices"
	// "state": "sent"
	// "status": 200
	// "bytes": 10
	// "name": "prices"
	// "state": "in place"
	// "bytes": 10
	// "bytes": 10
}
