package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// text returns a component. A program has templ files instead.
func text(format string, args ...any) templ.Component {
	return templ.Raw(templ.EscapeString(fmt.Sprintf(format, args...)))
}

func body(parts ...templ.Component) templ.Component {
	return templ.Join(templ.Raw("<body>"), templ.Join(parts...), templ.Raw("</body>"))
}

func ExampleHandler() {
	weather := func(ctx context.Context) (string, error) {
		return database(ctx, "sunny, 21 °C")
	}
	h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return body(
			text("The weather today: "),
			suspense.Await(text("looking"), weather, func(s string) templ.Component { return text("%s", s) }),
		), nil
	})
	visit(h)
	// Output:
	// <body>The weather today: <?start name="1">looking<?end><script>…</script>
	// <template for="1">sunny, 21 °C</template><!/></body>
}

// A Page may set headers, cookies and the status. If it returns an error,
// Renderer.ErrorHandler answers, since nothing has been sent yet.
func ExamplePage() {
	errNoSuchUser := errors.New("no such user")
	page := func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		if r.Header.Get("User") == "" {
			return nil, errNoSuchUser
		}
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		return body(text("Hello, %s", r.Header.Get("User"))), nil
	}
	rd := stream.Renderer{ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
		if errors.Is(err, errNoSuchUser) {
			http.Error(w, "Who are you?", http.StatusUnauthorized)
			return
		}
		http.Error(w, "Sorry", http.StatusInternalServerError)
	}}
	v := visit(rd.Handler(page), "User", "Ada")
	fmt.Println(v.Status, v.Header().Get("Set-Cookie"))
	v = visit(rd.Handler(page))
	fmt.Println(v.Status)
	// Output:
	// <body>Hello, Ada</body>
	// 200 seen=1
	// Who are you?\n
	// 401
}

// Render is for a handler that is not a Page. Such a handler must make sure that a
// page that was cut does not look finished.
func ExampleRender() {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := stream.Render(w, r, body(text("Hello")))
		switch {
		case err == nil:
		case errors.Is(err, stream.ErrShell):
			http.Error(w, "Sorry", http.StatusInternalServerError)
		default:
			panic(http.ErrAbortHandler)
		}
	})
	visit(h)
	// Output:
	// <body>Hello</body>
}

func ExampleRenderer() {
	rd := stream.Renderer{
		Limit:   8,
		Timeout: 10 * time.Second,
		ErrorView: func(err *stream.BoundaryError) templ.Component {
			return text("Sorry. Please tell us: %s", err.Digest)
		},
		Trace: &stream.Trace{
			Failed: func(ctx context.Context, err *stream.BoundaryError) {
				fmt.Println("log:", err)
			},
		},
	}
	prices := func(ctx context.Context) ([]int, error) {
		if _, err := database(ctx, 0); err != nil {
			return nil, err
		}
		return nil, errors.New("connection refused")
	}
	visit(rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return body(suspense.Await(text("…"), prices, func(p []int) templ.Component { return text("%v", p) }, suspense.Name("prices"))), nil
	}))
	// Output:
	// <body><?start name="1">…<?end><script>…</script>
	// log: stream: boundary "1" (prices): connection refused
	// <template for="1">Sorry. Please tell us: DIGEST</template><!/></body>
}

func ExampleRenderer_Handler() {
	rd := stream.Renderer{Script: stream.NoScript()}
	http.Handle("GET /{$}", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return body(text("Hello")), nil
	}))
}

func ExampleRenderer_Render() {
	rd := stream.Renderer{Mode: func(*http.Request) stream.Mode { return stream.Complete }}
	visit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := rd.Render(w, r, body(text("Hello"))); err != nil {
			panic(http.ErrAbortHandler)
		}
	}))
	// Output:
	// <body>Hello</body>
}

// Boundary can be the base of a program's own components.
func ExampleBoundary_Render() {
	include := func(url string, fetch func(context.Context, string) (string, error)) templ.Component {
		return stream.Boundary{
			Name:     url,
			Fallback: text("loading"),
			Load: func(ctx context.Context) (templ.Component, error) {
				s, err := fetch(ctx, url)
				return text("%s", s), err
			},
		}
	}
	fetch := func(ctx context.Context, url string) (string, error) { return database(ctx, "the text of "+url) }
	visit(stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return body(include("/news", fetch)), nil
	}))
	// Output:
	// <body><?start name="1">loading<?end><script>…</script>
	// <template for="1">the text of /news</template><!/></body>
}

func ExampleBoundary() {
	greeting := stream.Boundary{
		Name:      "greeting",
		Fallback:  text("…"),
		ErrorView: func(*stream.BoundaryError) templ.Component { return text("Hello, whoever you are") },
		Load: func(ctx context.Context) (templ.Component, error) {
			name, err := database(ctx, "Ada")
			return text("Hello, %s", name), err
		},
	}
	visit(stream.Handler(stream.Component(greeting)))
	// Output:
	// <?start name="1">…<?end><script>…</script>
	// <template for="1">Hello, Ada</template><!/>
}

// Prerender turns a component that does slow work while it is rendered into a
// load.
func ExamplePrerender() {
	report := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		n, err := database(ctx, 42)
		if err != nil {
			return err
		}
		return text("%d visitors", n).Render(ctx, w)
	})
	visit(stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return stream.Boundary{Fallback: text("counting"), Load: stream.Prerender(report)}, nil
	}))
	// Output:
	// <?start name="1">counting<?end><script>…</script>
	// <template for="1">42 visitors</template><!/>
}

// Go starts work that does not belong to a single boundary. suspense.Start is made
// of it.
func ExampleGo() {
	err := errors.New("no answer")
	wait := stream.Go(context.Background(), func(context.Context) error { return err })
	fmt.Println(wait(context.Background()))
	// Output:
	// no answer
}

func ExampleBoundaryError() {
	err := &stream.BoundaryError{ID: "2.1", Name: "prices", Digest: "R4ND0MXY", Err: io.ErrUnexpectedEOF}
	fmt.Println(err)
	fmt.Println(errors.Is(err, io.ErrUnexpectedEOF))
	// Output:
	// stream: boundary "2.1" (prices): unexpected EOF
	// true
}

// An error view can tell a timeout from other failures.
func ExampleErrTimeout() {
	late := suspense.Await(nil,
		func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() },
		func(s string) templ.Component { return text("%s", s) },
		suspense.Timeout(1),
		suspense.ErrorView(func(err *stream.BoundaryError) templ.Component {
			if errors.Is(err, stream.ErrTimeout) {
				return text("This takes too long today")
			}
			return text("Sorry")
		}),
	)
	if err := late.Render(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// This takes too long today
}

// After an error that matches ErrShell, the caller can still set the status.
func ExampleErrShell() {
	broken := templ.ComponentFunc(func(context.Context, io.Writer) error { return io.ErrUnexpectedEOF })
	v := visit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := stream.Render(w, r, broken); errors.Is(err, stream.ErrShell) {
			fmt.Println(err)
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	fmt.Println(v.Status)
	// Output:
	// stream: page not sent: unexpected EOF
	// 502
}

func ExamplePanicError() {
	wait := stream.Go(context.Background(), func(context.Context) error { panic("out of cheese") })
	err := wait(context.Background())
	var p *stream.PanicError
	if errors.As(err, &p) {
		fmt.Println(p.Value, len(p.Stack) > 0)
	}
	// Output:
	// out of cheese true
}

func ExampleTrace() {
	trace := &stream.Trace{
		Met: func(_ context.Context, b stream.BoundaryInfo) { fmt.Println("met", b.ID, b.Name) },
		Sent: func(_ context.Context, b stream.BoundaryInfo, bytes int, inPlace bool) {
			fmt.Println("sent", b.ID, bytes, inPlace)
		},
		Done: func(_ context.Context, err error) { fmt.Println("done", err) },
	}
	rd := stream.Renderer{Trace: trace, Script: stream.NoScript()}
	visit(rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		user := func(ctx context.Context) (string, error) { return database(ctx, "Ada") }
		return suspense.Await(nil, user, func(s string) templ.Component { return text("%s", s) }, suspense.Name("user")), nil
	}))
	// Output:
	// met 1 user
	// <?start name="1"><?end>
	// sent 1 36 false
	// done <nil>
	// <template for="1">Ada</template><!/>
}

// With a Content-Security-Policy of script-src 'self', a page loads the script
// from its own origin. Package assets has a handler for it.
func ExampleExternalScript() {
	rd := stream.Renderer{Script: stream.ExternalScript("/assets/unsuspense.js")}
	visit(rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		user := func(ctx context.Context) (string, error) { return database(ctx, "Ada") }
		return suspense.Await(nil, user, func(s string) templ.Component { return text("%s", s) }), nil
	}))
	// Output:
	// <?start name="1"><?end><script async src="/assets/unsuspense.js"></script>
	// <template for="1">Ada</template><!/>
}

// A component with a script of its own lets the page choose how the script
// arrives.
func ExampleScript_Element() {
	ctx := templ.WithNonce(context.Background(), "r4nd0m")
	for _, script := range []stream.Script{stream.Script{}, stream.ExternalScript("/assets/hello.js"), stream.NoScript()} {
		_ = script.Element("hello()").Render(ctx, os.Stdout)
		fmt.Println()
	}
	// Output:
	// <script nonce="r4nd0m">hello()</script>
	// <script nonce="r4nd0m" async src="/assets/hello.js"></script>
}
