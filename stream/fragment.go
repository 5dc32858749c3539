package stream

import (
	"context"
	"errors"
	"io"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// A fragment is rendered HTML: bytes, and holes where boundaries stand. Every
// component is rendered into one, through a *templruntime.Buffer by which the
// boundaries within recognise it. It is used by one goroutine at a time and
// never again once its component has been rendered.
type fragment struct {
	resp  *response // nil outside a response
	owner *boundary
	load  *boundary // whose load renders it; nil in the goroutine of the response
	kind  fragmentKind
	bytes []byte
	holes []hole

	closed bool // no boundary can be placed in it; guarded by resp.loads.mu
}

// A hole is the place of a boundary, which has no bytes yet.
type hole struct {
	offset   int
	b        *boundary
	decision decision
}

type fragmentKind uint8

const (
	pageFragment     fragmentKind = iota
	viewFragment                  // a view or an error view
	loadFragment                  // rendered by a load in its own goroutine
	fallbackFragment              // its boundaries show their fallbacks
)

// Why a boundary is refused.
var (
	errTooDeep = errors.New("stream: boundaries nested without end")
	errClosed  = errors.New("stream: boundary placed after its surroundings were sent or had failed")
)

// fragmentOf returns the fragment and the buffer behind w, or nil if w is not
// ours.
func fragmentOf(w io.Writer) (*fragment, *templruntime.Buffer) {
	buf, ok := w.(*templruntime.Buffer)
	if !ok {
		return nil, nil
	}
	f, _ := buf.Underlying.(*fragment)
	return f, buf
}

// Write appends to the fragment. It is called by the templ buffer only.
func (f *fragment) Write(p []byte) (int, error) {
	if f.kind == pageFragment && f.resp.err != nil {
		return 0, f.resp.err
	}
	if err := f.fits(len(p)); err != nil {
		return 0, err
	}
	f.bytes = append(f.bytes, p...)
	return len(p), nil
}

// fits returns an error if the response may not hold n bytes more.
func (f *fragment) fits(n int) error {
	switch {
	case f.load != nil:
		return f.load.hold(n)
	case f.resp != nil:
		return f.resp.fits(len(f.bytes) + n)
	}
	return nil
}

// Flush is what templ.Flush ends in: what the page has so far leaves at once.
// Chunks and loads are not sent in halves.
func (f *fragment) Flush() {
	if f.kind == pageFragment {
		f.resp.flushShell(f)
	}
}

// drain moves what buf holds into its fragment without being a Flush.
func drain(buf *templruntime.Buffer) error {
	w := buf.Underlying
	buf.Underlying = nil
	err := buf.Flush()
	buf.Underlying = w
	return err
}

// render renders c into f.
func (f *fragment) render(ctx context.Context, c templ.Component, buf *templruntime.Buffer) error {
	buf.Reset(f)
	if err := c.Render(ctx, buf); err != nil {
		return err
	}
	return drain(buf)
}

// recycle gives the bytes of f to other responses.
func (f *fragment) recycle() {
	putBytes(f.bytes)
	f.bytes, f.holes = nil, nil
}
