// go -C examples run ./status

// Command status is a shop whose pages stream and still have the right status: a
// product that does not exist is a 404, one that has moved is a 301, and an account
// without a session leads to the login.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/products/lamp")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes()))
}

func routes() http.Handler {
	rd := stream.Renderer{Mode: stream.Crawlers(nil), ErrorHandler: answer}
	mux := http.NewServeMux()
	mux.Handle("GET /products/{id}", rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return ProductPage(visit{r, r.PathValue("id")}), nil
	}))
	mux.Handle("GET /account", rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return AccountPage(visit{r, ""}), nil
	}))
	mux.Handle("GET /login", rd.Handler(stream.Component(LoginPage())))
	mux.Handle("/", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, stream.NotFound(nil) }))
	return mux
}

// A visit is a request. Its methods are the loads of the pages.
type visit struct {
	request *http.Request
	id      string // of the product
}

type product struct{ ID, Name string }

// product finds the product. Its errors decide the status of the page.
func (v visit) product(ctx context.Context) (product, error) {
	p, err := find(ctx, v.id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, stream.NotFound(err)
	case err == nil && p.ID != v.id:
		return p, stream.Redirect("/products/"+p.ID, http.StatusMovedPermanently)
	}
	return p, err
}

// account finds the name of the visitor.
func (v visit) account(ctx context.Context) (string, error) {
	session, err := v.request.Cookie("session")
	if err != nil {
		return "", stream.Redirect("/login", http.StatusSeeOther)
	}
	seen := http.Cookie{Name: "seen", Value: "1", Path: "/"}
	err = stream.Header(ctx, func(h http.Header) { h.Add("Set-Cookie", seen.String()) })
	return session.Value, err
}

// answer answers if the page was decided, or has failed, before its first byte. The
// status is set already, and so is the Location of a redirect.
func answer(w http.ResponseWriter, r *http.Request, err error) {
	var decided *stream.StatusError
	switch {
	case !errors.As(err, &decided):
		slog.Error("page failed", "path", r.URL.Path, "error", err)
		_ = SorryPage().Render(r.Context(), w)
	case decided.Location == "":
		_ = MissingPage().Render(r.Context(), w)
	case r.Header.Get("HX-Request") == "true":
		w.Header().Set("HX-Redirect", decided.Location)
		w.Header().Del("Location")
		w.WriteHeader(http.StatusNoContent)
	}
}

// find stands for a query.
func find(ctx context.Context, id string) (product, error) {
	if err := wait(ctx, 10*time.Millisecond); err != nil {
		return product{}, err
	}
	switch id {
	case "lamp", "light":
		return product{"lamp", "A lamp"}, nil
	}
	return product{}, sql.ErrNoRows
}

// reviews stands for another, which takes longer.
func (v visit) reviews(ctx context.Context) (int, error) { return 12, wait(ctx, 50*time.Millisecond) }

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
