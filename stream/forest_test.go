package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// A tree is a random boundary with those inside it.
type tree struct {
	id       int
	rendered bool // its load renders its content, as suspense.Suspense does
	sequence bool // its content comes in pieces
	copied   bool // as rendered, and its view copies the content into a writer of its own
	foreign  bool // it is given a writer of somebody's own
	stuck    bool // no marker works where it stands
	uses     bool // its content needs the library
	notice   bool // before it stands what shows while something is pending
	sets     bool // its content sets the value of the head
	apart    bool // as foreign, or within such a tree: what it sets has no effect
	delay    time.Duration
	deaf     bool // its load does not look at its context
	critical bool
	optional bool
	decides  error // what it fails with, if that is an error that decides the page
	around   *tree // nil for a tree of the page itself
	fate     fate
	half     int // children before its view fails, or before its load waits
	timeout  time.Duration
	own      ownView
	fallback fallback
	spare    *tree // in its error view
	children []*tree

	came    atomic.Int64 // how many pieces of a sequence were taken
	offered atomic.Int64 // how many were offered
}

type fate int

const (
	fine fate = iota
	loadError
	loadPanic
	loadGoexit
	loadNil
	viewError
	viewPanic
	fates
)

type ownView int

const (
	noView ownView = iota
	textView
	boundaryView // with a boundary inside
	errorView
	panicView
	nilView
	ownViews
)

type fallback int

const (
	noFallback fallback = iota
	textFallback
	boundaryFallback // with a boundary inside, which must not load
	errorFallback
	fallbacks
)

var errRandom = errors.New("random failure")

// A forest grows the trees of one page and counts what they do.
type forest struct {
	r       *rand.Rand
	ids     int
	running atomic.Int64 // loads
	wrong   atomic.Pointer[string]
	noting  sync.Mutex
	told    []toldDeadline
	open    bool              // fallbacks are not whole elements
	library *templ.OnceHandle // must stand before what uses it
	start   time.Time
	begun   map[int]time.Duration // when each load has begun; guarded by noting
}

// A toldDeadline is what a notice was told, and when.
type toldDeadline struct{ at, deadline time.Time }

func (f *forest) one(in int) bool { return f.r.IntN(in) == 0 }

// trees returns up to n trees of so many levels.
func (f *forest) trees(n, levels int, foreign bool) []*tree {
	if levels <= 0 {
		return nil
	}
	trees := make([]*tree, f.r.IntN(n+1))
	for i := range trees {
		trees[i] = f.tree(levels, foreign)
	}
	return trees
}

func (f *forest) tree(levels int, foreign bool) *tree {
	f.ids++
	t := &tree{id: f.ids, rendered: f.one(3), foreign: foreign && f.one(8)}
	// Many delays are equal, and none equals a timeout.
	if !f.one(4) {
		t.delay = time.Duration(f.r.IntN(6)) * 10 * time.Millisecond
	}
	if f.one(20) {
		t.delay = time.Minute
	}
	t.copied = t.rendered && f.one(4)
	t.stuck = f.one(20)
	t.uses = f.one(3)
	t.deaf = f.one(6)
	t.critical = f.one(3)
	t.optional = f.one(4)
	if f.one(4) {
		t.decides = deciding[f.r.IntN(len(deciding))]
	}
	t.notice = f.one(6)
	t.sequence = !t.rendered && f.one(3)
	t.sets = f.one(3)
	if f.one(3) {
		t.fate = fate(f.r.IntN(int(fates)))
	}
	if f.one(4) {
		t.timeout = time.Duration(f.r.IntN(6))*10*time.Millisecond + 5*time.Millisecond
	}
	if f.one(2) {
		t.own = ownView(f.r.IntN(int(ownViews)))
	}
	t.fallback = fallback(f.r.IntN(int(fallbacks)))
	t.children = f.trees(3, levels-1, foreign)
	t.half = f.r.IntN(len(t.children) + 1)
	if t.own == boundaryView {
		t.spare = f.tree(min(levels-1, 1), foreign)
	}
	if t.foreign {
		t.part()
	}
	for _, child := range t.children {
		child.around = t
	}
	if t.spare != nil {
		t.spare.around = t
	}
	return t
}

// deciding are errors that decide the page.
var deciding = []error{
	stream.NotFound(errRandom),
	stream.Redirect("/moved", http.StatusFound),
	fmt.Errorf("wrapped: %w", stream.Status(http.StatusServiceUnavailable, nil)),
}

// failure is what t fails with.
func (t *tree) failure() error {
	if t.decides != nil {
		return t.decides
	}
	return errRandom
}

// place puts t where ctx and w stand.
func (f *forest) place(ctx context.Context, w io.Writer, t *tree) error {
	if t.notice {
		if err := stream.WhilePending(templ.ComponentFunc(f.notice)).Render(ctx, w); err != nil {
			return err
		}
	}
	if t.stuck {
		_, _ = io.WriteString(w, "<textarea>")
		defer func() { _, _ = io.WriteString(w, "</textarea>") }()
	}
	if !t.foreign {
		return f.boundary(t).Render(ctx, w)
	}
	var b strings.Builder
	if err := f.boundary(t).Render(ctx, &b); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// notice is what shows while something is pending.
func (f *forest) notice(ctx context.Context, w io.Writer) error {
	if deadline, ok := stream.Deadline(ctx); ok {
		f.told = append(f.told, toldDeadline{time.Now(), deadline})
	}
	_, err := io.WriteString(w, noticeText)
	return err
}

func (f *forest) boundary(t *tree) stream.Boundary {
	b := stream.Boundary{Name: strconv.Itoa(t.id), Timeout: t.timeout, Critical: t.critical, Optional: t.optional}
	if t.sequence {
		b.Pieces = f.pieces(t)
	} else if t.rendered {
		content := stream.Prerender(f.content(t))
		b.Load = func(ctx context.Context) (templ.Component, error) {
			defer f.begin(t)()
			c, err := content(ctx)
			if err == nil && t.copied {
				c = lower(c)
			}
			return c, err
		}
	} else {
		b.Load = func(ctx context.Context) (templ.Component, error) {
			defer f.begin(t)()
			if err := t.wait(ctx); err != nil {
				return nil, err
			}
			return t.loaded(f.content(t))
		}
	}
	if t.own != noView {
		b.ErrorView = func(*stream.BoundaryError) templ.Component { return f.ownView(t) }
	}
	if t.fallback != noFallback {
		b.Fallback = f.fallbackOf(t)
	}
	return b
}

// wait is the slow work.
func (t *tree) wait(ctx context.Context) error {
	if t.deaf {
		time.Sleep(t.delay)
		return nil
	}
	return sleep(ctx, t.delay)
}

// loaded is how the load ends.
func (t *tree) loaded(view templ.Component) (templ.Component, error) {
	switch t.fate {
	case loadError:
		return view, t.failure()
	case loadPanic:
		panic(errRandom)
	case loadGoexit:
		runtime.Goexit()
	case loadNil:
		return nil, nil
	}
	return view, nil
}

// content is the view of t; if t is rendered it does the slow work, too.
func (f *forest) content(t *tree) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "<b"+strconv.Itoa(t.id)+">")
		if err := t.set(ctx, w); err != nil {
			return err
		}
		if err := f.use(ctx, w, t); err != nil {
			return err
		}
		for i, child := range t.children {
			if i == t.half {
				if err := f.middle(ctx, t); err != nil {
					return err
				}
			}
			_, _ = io.WriteString(w, ".")
			if err := f.place(ctx, w, child); err != nil {
				return err
			}
		}
		if t.half == len(t.children) {
			if err := f.middle(ctx, t); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</b"+strconv.Itoa(t.id)+">")
		return err
	})
}

// set sets the value of the head.
func (t *tree) set(ctx context.Context, w io.Writer) error {
	if !t.sets {
		return nil
	}
	return stream.SetHead("head", templ.Raw(valueOf(t.id))).Render(ctx, w)
}

// part notes that t stands within a foreign tree.
func (t *tree) part() {
	t.apart, t.decides = true, nil // the load around it would fail with the same error
	for _, child := range t.children {
		child.part()
	}
	if t.spare != nil {
		t.spare.part()
	}
}

// pieces is the sequence of t: its start, its children, its end, and between
// two of them nothing at all, after the slow work.
func (f *forest) pieces(t *tree) sequence {
	return func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			defer f.begin(t)()
			for i := range len(t.children) + 3 {
				c, err := f.piece(ctx, t, i)
				t.offered.Add(1)
				if !yield(c, err) {
					return
				}
				t.came.Add(1)
			}
		}
	}
}

func (f *forest) piece(ctx context.Context, t *tree, i int) (templ.Component, error) {
	child := i - 1
	switch {
	case i == 0:
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "<b"+strconv.Itoa(t.id)+">")
			if err := t.set(ctx, w); err != nil {
				return err
			}
			return f.use(ctx, w, t)
		}), nil
	case i == len(t.children)+2:
		return stream.Text("/b" + strconv.Itoa(t.id)), nil
	case i == t.half+1:
		if err := t.wait(ctx); err != nil {
			return nil, err
		}
		return t.loaded(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if t.fate != fine {
				_, _ = io.WriteString(w, "<lost>")
			}
			return f.viewFate(t)
		}))
	case i > t.half:
		child--
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, ".")
		return f.place(ctx, w, t.children[child])
	}), nil
}

// middle is what happens when half of a view has been rendered.
func (f *forest) middle(ctx context.Context, t *tree) error {
	if t.rendered {
		if err := t.wait(ctx); err != nil {
			return err
		}
		if v, err := t.loaded(templ.NopComponent); err != nil {
			return err
		} else if v == nil {
			return errRandom
		}
	}
	return f.viewFate(t)
}

// viewFate is how the view of t ends.
func (f *forest) viewFate(t *tree) error {
	switch t.fate {
	case viewError:
		return t.failure()
	case viewPanic:
		panic(errRandom)
	}
	return nil
}

func (f *forest) ownView(t *tree) templ.Component {
	switch t.own {
	case errorView, panicView:
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "<half>")
			if t.own == panicView {
				panic(errRandom)
			}
			return errRandom
		})
	case nilView:
		return nil
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "<own"+strconv.Itoa(t.id)+">")
		if err := f.use(ctx, w, t); err != nil {
			return err
		}
		if t.own == boundaryView {
			return f.place(ctx, w, t.spare)
		}
		return nil
	})
}

func (f *forest) fallbackOf(t *tree) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "<fallback>")
		if !f.open {
			defer func() { _, _ = io.WriteString(w, "</fallback>") }()
		}
		switch t.fallback {
		case boundaryFallback:
			return stream.Boundary{
				Fallback: templ.Raw("inner"),
				Load: func(context.Context) (templ.Component, error) {
					wrong := "a boundary in a fallback was loaded"
					f.wrong.Store(&wrong)
					return templ.NopComponent, nil
				},
			}.Render(ctx, w)
		case errorFallback:
			return errRandom
		}
		return nil
	})
}

// page is the page component. A flush of the shell comes between trees.
func (f *forest) page(trees []*tree, flush int) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, headStart)
		if err := stream.Head("head", templ.Raw(valueOf(0))).Render(ctx, w); err != nil {
			return err
		}
		_, _ = io.WriteString(w, headEnd)
		for i, t := range trees {
			if i == flush {
				if err := templ.Flush().Render(ctx, w); err != nil {
					return err
				}
			}
			_, _ = io.WriteString(w, "<p>")
			if err := f.place(ctx, w, t); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</body></html>")
		return err
	})
}

func (t *tree) show(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%d: %v, fate %d at %d", indent, t.id, t.delay, t.fate, t.half)
	if t.timeout > 0 {
		fmt.Fprintf(b, ", timeout %v", t.timeout)
	}
	for _, word := range []struct {
		is bool
		s  string
	}{{t.rendered, ", rendered"}, {t.copied, ", copied"}, {t.stuck, ", stuck"}, {t.uses, ", uses"}, {t.sequence, ", sequence"}, {t.foreign, ", foreign"}, {t.notice, ", notice"}, {t.sets, ", sets"}, {t.deaf, ", deaf"}, {t.critical, ", critical"}, {t.optional, ", optional"}, {t.decides != nil, fmt.Sprint(", decides ", t.decides)}} {
		if word.is {
			b.WriteString(word.s)
		}
	}
	for _, child := range t.children {
		child.show(b, indent+"  ")
	}
	if t.spare != nil {
		t.spare.show(b, indent+"  error view ")
	}
}
