package stream

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// A fragment is rendered HTML: bytes, and a hole for each boundary. A component
// is rendered into it through a *templruntime.Buffer. The boundaries in the
// component find the fragment by that buffer. Only one goroutine at a time uses a
// fragment.
type fragment struct {
	resp  *response // nil outside a response
	owner *boundary
	load  *boundary // the boundary whose load renders it; nil in the goroutine of the response
	kind  fragmentKind
	rope  // it has strands only if resp is nil
	holes []hole
	from  int // offset in bytes at which what it renders begins

	closed bool // no boundary can be placed in it; guarded by resp.loads.mu
}

// A hole is the position of a boundary in bytes that have been rendered but not
// sent.
type hole struct {
	offset int // in the bytes
	b      *boundary
	filled int32 // index of its content in response.fillReady; zero means none yet
	choice choice
}

// holesPool holds the slices in which pages had their holes.
var holesPool sync.Pool

// maxPooledHoles is the largest capacity of a slice that is put back.
const maxPooledHoles = 1 << 12

func getHoles() []hole {
	if h, _ := holesPool.Get().(*[]hole); h != nil {
		return *h
	}
	return make([]hole, 0, 4)
}

func putHoles(h []hole) {
	if cap(h) > 0 && cap(h) <= maxPooledHoles {
		clear(h[:cap(h)]) // a flush may have shortened h
		empty := h[:0]    // so that h does not move to the heap
		holesPool.Put(&empty)
	}
}

type fragmentKind uint8

const (
	pageFragment     fragmentKind = iota
	viewFragment                  // a view or an error view
	loadFragment                  // rendered by a load in its own goroutine
	fallbackFragment              // its boundaries show their fallbacks
)

// Errors of a boundary that cannot be placed.
var (
	errTooDeep = errors.New("boundary nested more than 10,000 levels deep")
	errClosed  = errors.New("stream: boundary placed after its surroundings were sent or had failed")
)

// fragmentOf returns the fragment that w writes into, and its buffer. It returns
// nil if w writes into no fragment.
func fragmentOf(w io.Writer) (*fragment, *templruntime.Buffer) {
	buf, ok := w.(*templruntime.Buffer)
	if !ok {
		return nil, nil
	}
	f, _ := buf.Underlying.(*fragment)
	return f, buf
}

// Write appends to the fragment. Only the templ buffer calls it.
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

// fits returns an error if the budget has no room for n more bytes.
func (f *fragment) fits(n int) error {
	switch {
	case f.load != nil:
		return f.load.hold(n)
	case f.resp != nil:
		return f.resp.fits(len(f.bytes) + n)
	}
	return nil
}

// Flush sends the part of the page that has been rendered. templ.Flush calls it.
// In a view or a load it does nothing, since their content is sent whole.
func (f *fragment) Flush() {
	if f.kind == pageFragment {
		f.resp.flushShell(f)
	}
}

// drain moves the bytes in buf into its fragment. It does not flush the page.
func drain(buf *templruntime.Buffer) error {
	w := buf.Underlying
	buf.Underlying = nil
	err := buf.Flush()
	buf.Underlying = w
	return err
}

// addHole adds a hole for b at the end of f.
func (f *fragment) addHole(b *boundary) {
	switch {
	case f.holes != nil:
	case f.kind == pageFragment:
		f.holes = getHoles()
	default:
		f.holes = make([]hole, 0, 4)
	}
	f.holes = append(f.holes, hole{offset: len(f.bytes), b: b})
}

// render renders c into f.
func (f *fragment) render(ctx context.Context, c templ.Component, buf *templruntime.Buffer) error {
	buf.Reset(f)
	if err := c.Render(ctx, buf); err != nil {
		return err
	}
	return drain(buf)
}

// recycle gives the bytes and the holes of f, the fragment of a page, to other
// responses.
func (f *fragment) recycle() {
	putBytes(f.bytes)
	putHoles(f.holes)
	f.bytes, f.holes = nil, nil
}
