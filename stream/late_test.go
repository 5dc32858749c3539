package stream_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestPlacesWhileTheResponseGoesOn has components that have returned, in a
// response that has not.
func TestPlacesWhileTheResponseGoesOn(t *testing.T) {
	for _, tt := range []struct {
		name string
		page func(*escaped) templ.Component
	}{
		{"of a page", func(e *escaped) templ.Component { return page(e, slot(after(0))) }},
		{"of a Suspense", func(e *escaped) templ.Component { return page(slot(stream.Prerender(e))) }},
		{"of what was begun early", func(e *escaped) templ.Component {
			return page(early(templ.Join(e, slot(after(0))), func(c templ.Component) templ.Component { return c }))
		}},
		{"of what was begun early and has failed", func(e *escaped) templ.Component {
			return page(early(templ.Join(e, half("", func() error { return errBoom })), func(templ.Component) templ.Component { return html("") }))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := new(escaped)
				// A view, since the race of a goroutine is not what is tested.
				later := slot(after(100*ms, half("end", func() error {
					if e.place() == nil {
						t.Error("Render() = nil, want an error")
					}
					return nil
				})))
				rec, rd := newRecorder(), stream.Renderer{Trace: &quiet}
				rec.end(func() error {
					return rd.Render(rec, httptest.NewRequest("GET", "/", nil), templ.Join(tt.page(e), later))
				})
				if e.started.Load() {
					t.Error("the load was started")
				}
				if got := rec.String(); strings.Contains(got, "tardy") || !strings.Contains(got, "end</template>") {
					t.Errorf("response:\n%s\nwant one without what came late", got)
				}
			})
		})
	}
}

// TestPlacesInOtherResponses has a goroutine that outlives its component and
// its response, and whose writer is that of another by now.
func TestPlacesInOtherResponses(t *testing.T) {
	rd := stream.Renderer{Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) { t.Errorf("failed: %v", err) }}}
	shared := 0
	for range 50 {
		e := new(escaped)
		if err := rd.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), page(e)); err != nil {
			t.Fatalf("Render() = %v", err)
		}
		victim := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			if w == e.w {
				shared++
			}
			placed := make(chan struct{})
			go func() {
				defer close(placed)
				if e.place() == nil {
					t.Error("Render() = nil, want an error")
				}
			}()
			<-placed
			_, err := io.WriteString(w, "victim")
			return err
		})
		rec := httptest.NewRecorder()
		if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(victim)); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if e.started.Load() {
			t.Error("the load was started")
		}
		if got, want := rec.Body.String(), "<body>victim</body>"; got != want {
			t.Errorf("page = %q, want %q", got, want)
		}
	}
	if shared == 0 {
		t.Error("no response had the writer of another")
	}
}
