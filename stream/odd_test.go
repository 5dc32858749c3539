package stream_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Errors with methods that panic.
type (
	panicsInAs     struct{}
	panicsInUnwrap struct{}
	panicsInIs     struct{}
	liesInAs       struct{}
)

func (*panicsInAs) Error() string     { return "as" }
func (e *panicsInAs) As(any) bool     { panic("As") }
func (*panicsInUnwrap) Error() string { return "unwrap" }
func (*panicsInUnwrap) Unwrap() error { panic("Unwrap") }
func (*panicsInIs) Error() string     { return "is" }
func (*panicsInIs) Is(error) bool     { panic("Is") }
func (*liesInAs) Error() string       { return "lies" }
func (*liesInAs) As(any) bool         { return true } // and sets nothing

// TestErrorsThatPanic has errors that panic when they are asked whether they decide.
func TestErrorsThatPanic(t *testing.T) {
	var none *stream.StatusError
	for _, err := range []error{&panicsInAs{}, &panicsInUnwrap{}, &panicsInIs{}, &liesInAs{}, none} {
		for name, c := range map[string]templ.Component{
			"critical load": critical(failing(ms, err)),
			"load":          slot(failing(ms, err)),
			"view":          critical(after(ms, half("x", func() error { return err }))),
			"late view":     slot(after(ms, half("x", func() error { return err }))),
			"sequence":      at(stream.Boundary{Critical: true, Pieces: each(piece{ms, nil, err})}),
			"in place":      upper(slot(failing(ms, err))),
			"in a load":     critical(stream.Prerender(upper(slot(failing(ms, err))))),
		} {
			for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
				synctest.Test(t, func(t *testing.T) {
					rd := stream.Renderer{Mode: always(mode), Trace: &quiet, Script: stream.NoScript()}
					res, body, panicked := answerOf(&rd, pageOf(page(html("a"), c)))
					if panicked != nil || res.StatusCode != map[bool]int{true: 500, false: 200}[mode == stream.Complete] || !strings.HasSuffix(body, "</body>") {
						t.Errorf("%T of a %s, %v: status %d, body %q, panic %v", err, name, mode, res.StatusCode, body, panicked)
					}
				})
			}
		}
		for name, p := range map[string]stream.Page{
			"Page":           func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, err },
			"page component": pageOf(page(html("a"), half("b", func() error { return err }))),
		} {
			res, _, panicked := answerOf(&stream.Renderer{ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}}, p)
			if panicked != nil || res.StatusCode != 500 {
				t.Errorf("%T of a %s: status %d, panic %v", err, name, res.StatusCode, panicked)
			}
		}
	}
}

// TestErrorHandlerSendsAPage answers a decided page with another page, while a load of
// the first one still runs.
func TestErrorHandlerSendsAPage(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		var statuses []int
		rd := stream.Renderer{Mode: always(mode), Script: stream.NoScript(), Trace: &stream.Trace{Status: func(_ context.Context, code int) { statuses = append(statuses, code) }}}
		rd.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) {
			if e := new(stream.StatusError); !errors.As(err, &e) || e.Location == "" {
				if err := rd.Render(w, r, page(html("not found"), slot(after(20*ms, html("search"))), critical(failing(10*ms, errBoom)))); err != nil {
					t.Errorf("Render() = %v", err)
				}
			}
		}
		h := rd.Handler(pageOf(page(slot(heedless(time.Second)), critical(failing(10*ms, errMissing)))))
		overPipes(t, h, func(t *testing.T, p *pipeline) {
			statuses = nil
			res, err := p.get(t, t.Context())
			if err != nil {
				t.Fatalf("Get() = %v", err)
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || !strings.Contains(string(body), "search") {
				t.Errorf("%v: body %q, %v", mode, body, err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if res.StatusCode != 404 || len(statuses) != 2 || statuses[0] != 404 {
				t.Errorf("%v: status %d, Trace.Status was told %v, want 404", mode, res.StatusCode, statuses)
			}
		})
	}
}
