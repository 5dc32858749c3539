package stream_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestTheLookIsBounded has pages on which one more boundary is ready each time
// that the response has rendered what was ready before. Nothing that is to be
// sent waits for those.
func TestTheLookIsBounded(t *testing.T) {
	const n, view = 50, 12 * ms
	row := func(i int) templ.Component { return slot(after(time.Duration(i)*10*ms, waiting(view, "1"))) }
	rows := func(n int) (rows []templ.Component) {
		for i := range n {
			rows = append(rows, row(i))
		}
		return rows
	}
	var sequences, failures []templ.Component
	for i := range n {
		sequences = append(sequences, stream.Boundary{Pieces: each(piece{time.Duration(i) * 10 * ms, waiting(view, "1"), nil})})
		failures = append(failures, stream.Boundary{
			Load:      failing(time.Duration(i)*10*ms, errBoom),
			ErrorView: func(*stream.BoundaryError) templ.Component { return waiting(view, "sorry") },
		})
	}
	for _, tt := range []struct {
		name  string
		page  templ.Component
		write int           // which is looked at, from 0
		sent  time.Duration // when it must have left
	}{
		{"the shell", page(rows(n)...), 0, 50 * ms},
		{"the shell, with sequences", page(sequences...), 0, 50 * ms},
		{"the shell, with error views", page(failures...), 0, 50 * ms},
		{"the shell, for what its content needs", page(slot(after(0, rows(n)...))), 0, 50 * ms},
		{"a chunk, for what its content needs", page(slot(after(time.Second, rows(n)...))), 1, time.Second + 50*ms},
		{"a chunk, for its neighbours", page(slot(after(time.Hour)), templ.Join(rows(n)...)), 1, 100 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &clockedWriter{ResponseRecorder: httptest.NewRecorder(), start: time.Now()}
				rd := stream.Renderer{Trace: &quiet}
				if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), tt.page); err != nil {
					t.Fatal(err)
				}
				if len(w.flushed) <= tt.write || w.flushed[tt.write] > tt.sent {
					t.Errorf("flushed at %v, want number %d by %v", w.flushed, tt.write, tt.sent)
				}
				if body := w.Body.String(); !strings.HasSuffix(body, "</body>") {
					t.Errorf("the page ends in %q, want it whole", body[max(0, len(body)-40):])
				}
			})
		})
	}
}

// A clockedWriter notes when it is flushed.
type clockedWriter struct {
	*httptest.ResponseRecorder
	start   time.Time
	flushed []time.Duration
}

func (w *clockedWriter) Flush() { w.flushed = append(w.flushed, time.Since(w.start)) }
