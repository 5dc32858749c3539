package stream_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestNothingThatWasSentIsHeld sends 64 MB while one load of the page is pending.
func TestNothingThatWasSentIsHeld(t *testing.T) {
	testkit.SkipWithRace(t, "the garbage collector takes five times as long")
	big := func() string { return strings.Repeat("x", 1<<20) }
	for i, tt := range []struct {
		name string
		part func(pending stream.Boundary) templ.Component
	}{
		{"the view of a load", func(stream.Boundary) templ.Component {
			return slot(func(context.Context) (templ.Component, error) { return templ.Raw(big()), nil })
		}},
		{"the page itself", func(stream.Boundary) templ.Component {
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, err := io.WriteString(w, big())
				return err
			})
		}},
		{"what a load knows", func(stream.Boundary) templ.Component {
			s := big()
			return slot(func(context.Context) (templ.Component, error) { return templ.Raw(s), nil })
		}},
		{"a view with something pending in it", func(pending stream.Boundary) templ.Component {
			s := big()
			return slot(func(context.Context) (templ.Component, error) {
				return templ.Join(templ.Raw(s), pending), nil
			})
		}},
		{"what a load renders, with something pending in it", func(pending stream.Boundary) templ.Component {
			return slot(stream.Prerender(templ.Join(templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, err := io.WriteString(w, big())
				return err
			}), pending)))
		}},
		{"a fallback of what is pending", func(pending stream.Boundary) templ.Component {
			pending.Fallback = templ.Raw(big())
			return pending
		}},
		{"a boundary with a Timeout", func(stream.Boundary) templ.Component {
			s := big()
			return at(stream.Boundary{Timeout: time.Hour, Load: func(context.Context) (templ.Component, error) {
				return templ.Raw(s), nil
			}})
		}},
		{"an error view", func(stream.Boundary) templ.Component {
			s := big()
			return at(stream.Boundary{
				Load:      func(context.Context) (templ.Component, error) { return nil, errBoom },
				ErrorView: func(*stream.BoundaryError) templ.Component { return templ.Raw(s) },
			})
		}},
		{"an error view with something pending in it", func(pending stream.Boundary) templ.Component {
			s := big()
			return at(stream.Boundary{
				Load:      func(context.Context) (templ.Component, error) { return nil, errBoom },
				ErrorView: func(*stream.BoundaryError) templ.Component { return templ.Join(templ.Raw(s), pending) },
			})
		}},
		{"an error of what shows something pending", func(pending stream.Boundary) templ.Component {
			return at(stream.Boundary{
				Load:      func(context.Context) (templ.Component, error) { return nil, errors.New(big()) },
				ErrorView: func(*stream.BoundaryError) templ.Component { return pending },
			})
		}},
		{"a view that was dropped with what is around it", func(stream.Boundary) templ.Component {
			s := big()
			return slot(stream.Prerender(templ.Join(
				slot(func(context.Context) (templ.Component, error) { return templ.Raw(s), nil }),
				half("", func() error { time.Sleep(time.Millisecond); return errBoom }),
			)))
		}},
		{"a sequence that has ended, with something pending in it", func(pending stream.Boundary) templ.Component {
			s := big()
			return at(stream.Boundary{Pieces: func(context.Context) iter.Seq2[templ.Component, error] {
				return func(yield func(templ.Component, error) bool) {
					_ = yield(templ.Raw(s), nil) && yield(pending, nil)
				}
			}})
		}},
		{"the pieces of a sequence that is still pending", func(pending stream.Boundary) templ.Component {
			return at(stream.Boundary{Pieces: func(ctx context.Context) iter.Seq2[templ.Component, error] {
				return func(yield func(templ.Component, error) bool) {
					if yield(templ.Raw(big()), nil) {
						_, err := pending.Load(ctx)
						yield(nil, err)
					}
				}
			}})
		}},
		{"what stands in place", func(stream.Boundary) templ.Component {
			s := big()
			b := at(stream.Boundary{Load: func(context.Context) (templ.Component, error) { return templ.Raw(s), nil }})
			return slot(func(context.Context) (templ.Component, error) {
				return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
					var in bytes.Buffer
					if err := b.Render(ctx, &in); err != nil {
						return err
					}
					_, err := w.Write(in.Bytes())
					return err
				}), nil
			})
		}},
		{"what a view has started", func(stream.Boundary) templ.Component {
			s := big()
			return slot(func(context.Context) (templ.Component, error) {
				return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
					wait := suspense.Start(ctx, func(context.Context) (string, error) { return s, nil })
					s, err := wait(ctx)
					if err == nil {
						_, err = io.WriteString(w, s)
					}
					return err
				}), nil
			})
		}},
		{"one view in order", func(pending stream.Boundary) templ.Component {
			s := strings.Repeat(big(), 16)
			return slot(func(context.Context) (templ.Component, error) { return templ.Join(templ.Raw(s), pending), nil })
		}},
		{"one view in order that was ahead", func(pending stream.Boundary) templ.Component {
			s := strings.Repeat(big(), 16)
			return templ.Join(slot(after(ms)), slot(func(context.Context) (templ.Component, error) { return templ.Join(templ.Raw(s), pending), nil }))
		}},
	} {
		n := 16
		if i == 0 {
			n = 64
		}
		if strings.HasPrefix(tt.name, "one ") {
			n = 1
		}
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder} {
			if mode == stream.InOrder && strings.Contains(tt.name, "pending") {
				continue // of this the first is all that can be sent
			}
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					release := make(chan struct{})
					pending := stream.Boundary{Load: func(ctx context.Context) (templ.Component, error) {
						select {
						case <-release:
						case <-ctx.Done():
						}
						return templ.NopComponent, ctx.Err()
					}}
					rd := stream.Renderer{Mode: always(mode), MaxBuffer: -1, Timeout: -1, Trace: &quiet}
					before := testkit.InUse()
					done := make(chan error)
					go func() { // waited for by way of done
						parts := make([]templ.Component, n)
						for i := range parts {
							parts[i] = tt.part(pending)
						}
						c := &once{templ.Join(append(parts, pending)...)}
						done <- rd.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), c)
					}()
					time.Sleep(time.Second)
					synctest.Wait()
					if held := int(testkit.InUse()) - int(before); held > 2<<20 {
						t.Errorf("%d KB are held", held>>10)
					}
					close(release)
					if err := <-done; err != nil {
						t.Fatalf("Render() = %v", err)
					}
				})
			})
		}
	}
}

// once is a component that forgets what it has rendered, as one that a Page makes
// for a request does that nobody else keeps.
type once struct{ c templ.Component }

func (o *once) Render(ctx context.Context, w io.Writer) error {
	c := o.c
	o.c = nil
	return c.Render(ctx, w)
}
