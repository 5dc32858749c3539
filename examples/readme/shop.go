package readme

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/templates"
)

// A Shop is the subject of the pages.
type Shop struct{ model *http.Request }

// A User, a Game and its Reviews are what loads return.
type (
	User    struct{ Name string }
	Game    struct{ Title string }
	Reviews []string
)

// User loads.
func (s Shop) User(context.Context) (User, error) { return User{"Ada"}, nil }

// Game loads.
func (s Shop) Game(context.Context) (Game, error) { return Game{"Go"}, nil }

// Reviews loads.
func (s Shop) Reviews(context.Context) (Reviews, error) { return Reviews{"Deep."}, nil }

// Answer asks a language model. When the visitor leaves, ctx ends and stops the
// model.
func (s Shop) Answer(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		resp, err := http.DefaultClient.Do(s.model.Clone(ctx))
		if err != nil {
			yield("", err)
			return
		}
		defer resp.Body.Close()
		if err := llm.Check(resp); err != nil {
			yield("", err)
			return
		}
		llm.Text(resp.Body)(yield)
	}
}

// Routes serves the shop.
func Routes(mux *http.ServeMux, shop Shop) {
	inspector := inspect.New(100) // keeps the last 100 responses
	rd := stream.Renderer{
		Grace:     5 * time.Millisecond, // loads that are nearly done are sent in place
		ErrorView: templates.ErrorCard,
		Trace:     stream.JoinTraces(inspector.Trace(), stream.Slog(nil)),
	}
	mux.Handle("GET /inspect", inspector)
	mux.Handle("GET /shop", rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		user := suspense.Start(r.Context(), shop.User) // loads once, for two boundaries
		return Page(shop, user), nil
	}))
}
