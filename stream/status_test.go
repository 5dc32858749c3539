package stream_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func TestTraceIsToldTheStatus(t *testing.T) {
	for _, tt := range []struct {
		name   string
		method string
		mode   stream.Mode
		page   stream.Page
		want   []int
	}{
		{"200 if nobody sets one", "GET", stream.OutOfOrder, pageOf(page(slot(after(100 * ms)))), []int{200}},
		{"what the page sets", "GET", stream.OutOfOrder, writing(404), []int{404}},
		{"early hints are none", "GET", stream.OutOfOrder, writing(103, 404), []int{404}},
		{"the first one that is set", "GET", stream.OutOfOrder, writing(404, 200), []int{404}},
		{"500 of a complete page that fails", "GET", stream.Complete, pageOf(page(slot(failing(0, errBoom)))), []int{500}},
		{"what the page sets though it fails later", "GET", stream.Complete, func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			w.WriteHeader(404)
			return page(slot(failing(0, errBoom))), nil
		}, []int{404}},
		{"that of an answer to HEAD", "HEAD", stream.OutOfOrder, writing(404), []int{404}},
		{"that of the answer to a page that fails", "GET", stream.OutOfOrder, pageOf(half("", func() error { return errBoom })), []int{500}},
		{"and not the one that was set before", "GET", stream.OutOfOrder, func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
			w.WriteHeader(404)
			return nil, errBoom
		}, []int{500}},
		{"of a Page that redirects", "GET", stream.OutOfOrder, func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return nil, nil
		}, []int{303}},
		{"of a Page that answers without a body", "GET", stream.OutOfOrder, func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			w.WriteHeader(204)
			return nil, nil
		}, []int{204}},
		{"of a Page that writes", "GET", stream.OutOfOrder, func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			_, err := io.WriteString(w, "hello")
			return nil, err
		}, []int{200}},
		{"of a Page that does nothing", "GET", stream.OutOfOrder, func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			return nil, nil
		}, []int{200}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []int
				rd := stream.Renderer{Mode: always(tt.mode), Trace: &stream.Trace{
					Status: func(_ context.Context, code int) { got = append(got, code) },
					Failed: func(context.Context, *stream.BoundaryError) {},
				}}
				rd.Handler(tt.page).ServeHTTP(newRecorder(), httptest.NewRequest(tt.method, "/", nil))
				if !slices.Equal(got, tt.want) {
					t.Errorf("status = %v, want %v", got, tt.want)
				}
			})
		})
	}
	t.Run("that of a middleware's writer", func(t *testing.T) {
		got := 0
		rd := stream.Renderer{Trace: &stream.Trace{Status: func(_ context.Context, code int) { got = code }}}
		w := noted{httptest.NewRecorder(), 410}
		if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), html("gone")); err != nil || got != 410 {
			t.Errorf("status = %d, %v, want 410", got, err)
		}
	})
}

func TestPageMayLeaveTheAnswerToAnotherHandler(t *testing.T) {
	rd := stream.Renderer{Trace: &stream.Trace{Status: func(context.Context, int) {}}}
	h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		w.(http.Flusher).Flush()
		_, err := w.Write([]byte("hello"))
		if got := w.(interface{ Status() int }).Status(); got != 200 {
			t.Errorf("status = %d, want 200", got)
		}
		return nil, err
	})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if !rec.Flushed || rec.Body.String() != "hello" {
		t.Errorf("flushed = %t, body = %q, want hello", rec.Flushed, rec.Body)
	}
}

// writing is a Page that sends each status.
func writing(codes ...int) stream.Page {
	return func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
		for _, code := range codes {
			w.WriteHeader(code)
		}
		return html("1"), nil
	}
}

// noted is a writer of some middleware that knows its status.
type noted struct {
	*httptest.ResponseRecorder
	status int
}

func (n noted) Status() int { return n.status }
