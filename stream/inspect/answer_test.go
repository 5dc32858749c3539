package inspect_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
)

// TestAnswersWithoutAPage is about what a Page answers by itself, and what the
// Renderer answers in the place of one.
func TestAnswersWithoutAPage(t *testing.T) {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(log) })
	broken := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return errors.Join(await("a", after(0)).Render(ctx, w), errRefused)
	})
	teapot := func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusTeapot) }
	for _, tt := range []struct {
		name    string
		rd      stream.Renderer
		page    stream.Page
		status  string
		state   string
		list    string
		want    []string // on the page of the response
		picture bool
	}{
		{name: "a redirect", page: func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.Redirect(w, r, "/login", http.StatusFound)
			return nil, nil
		}, status: "302", state: "sent", list: "at once", want: []string{"sent elsewhere"}},
		{name: "a missing page", page: func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.NotFound(w, r)
			return nil, nil
		}, status: "404", state: "sent", list: "at once", want: []string{"was sent at once"}},
		{name: "nothing at all", page: func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return nil, nil
		}, status: "200", state: "sent", list: "at once", want: []string{"nothing to draw"}},
		{name: "a page without boundaries", page: func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return html("hello"), nil
		}, status: "200", state: "sent", list: "at once", want: []string{"was sent at once"}},
		{name: "an error of the Page", page: func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return nil, errRefused
		}, status: "500", state: "failed", list: "failed before its first byte", want: []string{"connection refused", "answer to the failure"}},
		{name: "an error that is answered with another status", rd: stream.Renderer{ErrorHandler: teapot}, page: func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return nil, errRefused
		}, status: "418", state: "failed", list: "failed before its first byte", want: []string{"connection refused"}},
		{name: "an error of the component", page: func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return broken, nil
		}, status: "500", state: "failed", list: "failed before its first byte", want: []string{"connection refused"}, picture: true},
		{name: "an error after an answer has begun", page: func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			_, _ = io.WriteString(w, "half of")
			return nil, errRefused
		}, status: "200", state: "cut", list: ">cut<", want: []string{"connection refused"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := inspect.New(1)
			tt.rd.Trace = in.Trace()
			func() {
				defer func() { _ = recover() }() // http.ErrAbortHandler
				tt.rd.Handler(tt.page).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/account", nil))
			}()
			list := get(in, "/").Body.String()
			want(t, list, "/account", "<td>"+tt.status+"</td>", tt.list)
			page := get(in, "/?id=1").Body.String()
			want(t, page, append(tt.want, "<dd>"+tt.status+"</dd>")...)
			if got := strings.Contains(page, `class="waterfall"`); got != tt.picture {
				t.Errorf("there is a waterfall: %v, want %v", got, tt.picture)
			}
			want(t, get(in, "/?id=1&format=json").Body.String(), `"state": "`+tt.state+`"`, `"status": `+tt.status)
		})
	}
}
