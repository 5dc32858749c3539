package stream_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "with 1 for -trees: the one page that TestRandomTrees sends")
	treesFlag = flag.Int("trees", 10_000, "how many pages TestRandomTrees sends")
)

// TestRandomTrees sends random pages. What is random is the page alone: the
// clock is that of synctest, so the seed of a page is all there is to it.
func TestRandomTrees(t *testing.T) {
	first, n := *seedFlag, *treesFlag
	if first == 0 {
		first = rand.Uint64()
	}
	if testkit.Fewer(t) {
		n = min(n, 1500)
	}
	var kinds [8]int
	var seed uint64
	defer func() {
		if seed != 0 {
			t.Logf("reproduce with: go test -run %s ./stream -args -trees=1 -seed=%d", t.Name(), seed)
		}
	}()
	for i := range n {
		seed = first + uint64(i)
		synctest.Test(t, func(t *testing.T) {
			p, err := newRandomPage(seed), errors.New("panic")
			defer func() {
				if err != nil {
					t.Fatalf("%v\n\n%v", err, p)
				}
			}()
			err = p.check(p.send(t.Context()))
			kinds[p.kind()]++
			if err == nil {
				err = p.checkAgain(t.Context(), seed)
			}
		})
		if t.Failed() {
			return
		}
	}
	seed = 0
	t.Logf("whole and out of order, in order, complete; client left; deadline of the request; decided; redirected late; in parts: %v", kinds)
}

// A randomPage is a page with its Renderer and its client.
type randomPage struct {
	forest
	trees    []*tree
	flush    int // the tree before which the shell is flushed
	mode     stream.Mode
	rd       stream.Renderer
	header   http.Header   // of the request
	prefix   string        // of its ids
	leave    time.Duration // when the client leaves
	deadline time.Duration // of the request

	failed    map[int]error
	sent      map[string]int
	abandoned int
	decided   []stream.Decision
	met       map[int]time.Time // guarded by noting
	loaded    map[int]error     // guarded by noting
	loadedAt  map[int]time.Time // guarded by noting
	hasty     string            // what has gone wrong at the first byte
	tooLarge  bool              // something did not fit into MaxBuffer
	wire      *wireLog
	parts     bool // the answer came in parts
	took      time.Duration
	err       error
}

func newRandomPage(seed uint64) *randomPage {
	p := &randomPage{forest: forest{r: rand.New(rand.NewPCG(seed, 0))}, failed: map[int]error{}, sent: map[string]int{}, met: map[int]time.Time{}, loaded: map[int]error{}, loadedAt: map[int]time.Time{}}
	p.mode = stream.Mode(p.r.IntN(4))
	p.open = p.mode != stream.Multipart || p.one(10)
	p.library = templ.NewOnceHandle(templ.WithComponent(templ.Raw("<library>")))
	p.trees = p.forest.trees(4, 1+p.r.IntN(4), p.one(5))
	p.flush = p.r.IntN(12)
	if p.one(10) {
		p.leave = time.Duration(p.r.IntN(100))*time.Millisecond + 1
	} else if p.one(10) {
		p.deadline = time.Duration(p.r.IntN(10))*10*time.Millisecond + 2*time.Millisecond
	}
	p.rd = stream.Renderer{
		Mode:      func(*http.Request) stream.Mode { return p.mode },
		ErrorView: func(be *stream.BoundaryError) templ.Component { return templ.Raw("<failed" + be.Name + ">") },
		Trace: &stream.Trace{
			Failed: p.noteFailed,
			Sent: func(_ context.Context, b stream.BoundaryInfo, _ int, _ bool) {
				p.sent[b.Name]++
			},
			Abandoned: func(context.Context, stream.BoundaryInfo) { p.abandoned++ },
			Decided:   func(_ context.Context, d stream.Decision) { p.decided = append(p.decided, d) },
			Met: func(_ context.Context, b stream.BoundaryInfo) {
				p.noting.Lock()
				defer p.noting.Unlock()
				p.met[idOf(b.Name)] = time.Now()
			},
			Loaded: func(_ context.Context, b stream.BoundaryInfo, err error) {
				p.noting.Lock()
				defer p.noting.Unlock()
				p.loaded[idOf(b.Name)], p.loadedAt[idOf(b.Name)] = err, time.Now()
			},
		},
	}
	if p.one(3) {
		p.rd.Limit = 1 + p.r.IntN(3)
	}
	if p.one(3) {
		p.rd.Grace = time.Duration(p.r.IntN(4)) * 10 * time.Millisecond
	}
	if p.one(10) {
		p.rd.MaxBuffer = 1 + p.r.IntN(1000)
	}
	switch p.r.IntN(4) {
	case 0:
		p.rd.Timeout = -1
	case 1, 2:
		p.rd.Timeout = time.Duration(p.r.IntN(15))*10*time.Millisecond + 3*time.Millisecond
	}
	switch p.r.IntN(5) {
	case 0:
		p.header = header("Accept", "*/*")
		p.prefix = random
	case 4:
		p.header = header("Accept", "*/*", "Hx-Request", "true")
		p.prefix = random
	case 1:
		p.header = header("Accept", "*/*", "Rivulet-Prefix", "mine")
		p.prefix = "mine-"
	case 2:
		p.header = header("Sec-Fetch-Dest", "document", "Rivulet-Prefix", "mine")
	}
	return p
}

// noteFailed is called by the goroutine of the response only, but for what is
// placed into another writer.
func (p *randomPage) noteFailed(_ context.Context, be *stream.BoundaryError) {
	id := idOf(be.Name)
	// An error without a digest is that of a fallback; a second one is that
	// of an error view.
	p.noting.Lock()
	defer p.noting.Unlock()
	p.tooLarge = p.tooLarge || isTooLarge(be.Err)
	if be.Digest != "" && p.failed[id] == nil {
		p.failed[id] = be.Err
	}
	if errors.As(be.Err, new(*stream.StatusError)) && len(p.wire.writes) == 0 {
		p.hasty = "boundary " + be.Name + " shows an error that decides before the first byte"
	}
}

// isTooLarge reports whether err says that something did not fit into MaxBuffer.
func isTooLarge(err error) bool { return err != nil && strings.Contains(err.Error(), "MaxBuffer") }

func idOf(name string) int {
	id, _ := strconv.Atoi(name)
	return id
}

// firstByte looks for a boundary that should have held the first byte back, or have
// decided the page.
func (p *randomPage) firstByte() {
	p.noting.Lock()
	defer p.noting.Unlock()
	for _, t := range p.trees {
		t.holds(func(t *tree) bool {
			if p.shouldHold(t) {
				p.hasty = fmt.Sprintf("the first byte, after %v, did not wait for boundary %d, which was met after %v", time.Since(p.start), t.id, p.met[t.id].Sub(p.start))
			}
			if p.shouldDecide(t) {
				p.hasty = fmt.Sprintf("the first byte left after %v, although boundary %d had failed with %v after %v", time.Since(p.start), t.id, p.loaded[t.id], p.loadedAt[t.id].Sub(p.start))
			}
			return false
		})
	}
}

// shouldHold reports whether the first byte must not leave because of t. Of a tree
// in the writer of some component nothing is known.
func (p *randomPage) shouldHold(t *tree) bool {
	met, ok := p.met[t.id]
	if !ok || t.apart {
		return false
	}
	for a := t; a != nil; a = a.around {
		switch {
		case !a.critical:
			return false
		case a == t, p.failed[a.id] == nil && p.loaded[a.id] == nil && !p.timedOut(a, p.met[a.id]):
		case isTooLarge(p.failed[a.id]):
			return false // no piece of a sequence is known to be shown
		case !a.sequence && !(a.spare != nil && a.spare.holds(func(c *tree) bool { return c == t })):
			return false // the surroundings have failed
		}
	}
	_, loaded := p.loaded[t.id]
	return !loaded && !(t.sequence && t.offered.Load() > 0) && !p.timedOut(t, met)
}

// shouldDecide reports whether an error of t had come before the first byte, and was to
// decide the page. What a load has rendered is not known before its view is shown.
func (p *randomPage) shouldDecide(t *tree) bool {
	if t.apart || !errors.As(p.loaded[t.id], new(*stream.StatusError)) || !p.loadedAt[t.id].Before(time.Now()) || p.timedOut(t, p.met[t.id]) {
		return false
	}
	for c := t; c.around != nil; c = c.around {
		if a := c.around; a.rendered || (p.failed[a.id] != nil) != (c == a.spare) {
			return false
		}
	}
	return true
}

// timedOut reports whether the time of t, which was met at that time, has passed.
func (p *randomPage) timedOut(t *tree, met time.Time) bool {
	end := p.start.Add(p.rd.Timeout)
	switch {
	case t.timeout > 0:
		end = met.Add(t.timeout)
	case p.rd.Timeout == 0:
		end = p.start.Add(30 * time.Second)
	case p.rd.Timeout < 0:
		end = p.start.Add(24 * time.Hour)
	}
	if limit := p.start.Add(p.deadline); p.deadline > 0 && limit.Before(end) {
		end = limit
	}
	return !time.Now().Before(end)
}

// status returns the status of the page: that of a StatusError if one has decided
// it.
func (p *randomPage) status() int {
	if e := p.verdict(); e != nil {
		return e.Code
	}
	return p.wire.status
}

// verdict returns the StatusError that has decided the page before its first byte,
// or nil.
func (p *randomPage) verdict() (e *stream.StatusError) {
	if errors.Is(p.err, stream.ErrShell) {
		errors.As(p.err, &e)
	}
	return e
}

// lateRedirect returns the redirect that has ended the page, or nil.
func (p *randomPage) lateRedirect() *stream.StatusError {
	for _, d := range p.decided {
		if d.Late && d.Err.Location != "" {
			return d.Err
		}
	}
	return nil
}

// checkAgain sends the same page again. Its status must be the same, unless chance
// decides: under a Limit, which of the loads that are met at the same moment waits;
// and where the response waits in the middle of something, which of the loads that
// end at the same moment it sees first; whether the client has left before; and whether
// all of an answer in parts was there at the first byte, so that it came whole.
func (p *randomPage) checkAgain(ctx context.Context, seed uint64) error {
	if p.rd.Limit > 0 || p.leave > 0 || p.any((*tree).waits) {
		return nil
	}
	again := newRandomPage(seed)
	if err := again.send(ctx); err != nil {
		return err
	}
	if got, want := again.status(), p.status(); got != want && again.parts == p.parts {
		return fmt.Errorf("status = %d, and %d before", got, want)
	}
	return nil
}

// checkBegun looks for a load that has begun although the client had left, or the response
// had returned.
func (p *randomPage) checkBegun() error {
	for id, at := range p.begun {
		if p.leave > 0 && at > p.leave || at > p.took {
			return fmt.Errorf("the load of boundary %d began after %v, the client left after %v and the response ended after %v", id, at, p.leave, p.took)
		}
	}
	return nil
}

// checkDecisions looks at what has decided the page. It reports whether the page was
// not sent to its end because of that.
func (p *randomPage) checkDecisions() (over bool, err error) {
	if p.hasty != "" {
		return true, errors.New(p.hasty)
	}
	var early *stream.Decision
	for _, d := range p.decided {
		if !d.Late && early == nil {
			early = &d
		} else if !d.Late || early != nil {
			return true, fmt.Errorf("decided by %v", p.decided)
		}
	}
	e := p.verdict()
	if (e == nil) != (early == nil) || e != nil && (early.Err != e || p.wire.status != 0) {
		return true, fmt.Errorf("Render() = %v with status %d, decided by %v", p.err, p.wire.status, p.decided)
	}
	if e != nil {
		return true, p.checkShown(early)
	}
	if e := p.lateRedirect(); e != nil && p.err == nil {
		body := p.wire.body()
		if !redirected.MatchString(body) || strings.Count(body, "http-equiv") != 1 || strings.Contains(body, "noindex") {
			return true, fmt.Errorf("page = %q, want one that ends with a redirect", body)
		}
		if last := p.wire.last.Sub(p.start); p.took > last+101*time.Millisecond {
			return true, fmt.Errorf("the page took %v, the redirect was sent after %v", p.took, last)
		}
		return true, nil
	}
	return false, nil
}

// redirected matches a page that ends with a redirect. The notices are removed, and
// the head is renewed.
var redirected = regexp.MustCompile(`<meta http-equiv="refresh" content="0;url='/moved'">(<template for="[^"]*">(<value\d+>)?</template><!/>)*(</body></html>)?$`)

// checkShown asks whether the boundary of d could be on the page.
func (p *randomPage) checkShown(d *stream.Decision) error {
	var decider *tree
	p.any(func(t *tree) bool {
		if t.id == idOf(d.Boundary.Name) {
			decider = t
		}
		return decider != nil
	})
	if decider == nil || !errors.Is(decider.decides, d.Err) {
		return fmt.Errorf("decided by boundary %q with %v", d.Boundary.Name, d.Err)
	}
	for t := decider; t.around != nil; t = t.around {
		a := t.around
		if amends := t == a.spare; (p.failed[a.id] != nil) != amends && !a.sequence {
			return fmt.Errorf("decided by boundary %d within boundary %d, which has failed: %v", decider.id, a.id, p.failed[a.id])
		}
	}
	return nil
}

// cutNoIndex removes the element that keeps search engines from indexing, which a
// page has if something should have decided its status.
func (p *randomPage) cutNoIndex(doc string) (string, error) {
	const noindex = `<meta name="robots" content="noindex">`
	const end = "</body></html>"
	rest, ok := strings.CutSuffix(doc, noindex+end)
	if ok {
		doc = rest + end
	}
	if want := len(p.decided) > 0; ok != want || strings.Contains(doc, noindex) {
		return "", fmt.Errorf("page = %q, decided by %v", doc, p.decided)
	}
	return doc, nil
}

// send returns what Render does, when every load has ended.
func (p *randomPage) send(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if p.deadline > 0 {
		ctx, cancel = context.WithTimeout(ctx, p.deadline)
		defer cancel()
	}
	if p.leave > 0 {
		time.AfterFunc(p.leave, cancel)
	}
	p.wire = newWireLog()
	p.wire.first = p.firstByte
	p.start = time.Now()
	r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
	r.Header = p.header
	err := p.rd.Render(p.wire, r, p.page(p.trees, p.flush))
	p.took = time.Since(p.start)
	running := int(p.running.Load())
	if !p.anyForeign() && running > p.abandoned {
		return fmt.Errorf("%d loads run after Render, which has abandoned %d", running, p.abandoned)
	}
	p.err = err
	p.parts = strings.HasPrefix(p.wire.header.Get("Content-Type"), "multipart/")
	if p.parts {
		if got := readParts(p.wire.header, p.wire.body()); (got == io.EOF) != (err == nil) {
			return fmt.Errorf("Render() = %v, and reading the parts ends with %v", err, got)
		}
		chunks, err := asChunks(p.wire.header, p.wire.writes)
		if err != nil {
			return err
		}
		p.wire.writes = chunks
	}
	// synctest wants the goroutines to end, and so do we.
	time.Sleep(time.Hour)
	if running := p.running.Load(); running != 0 {
		return fmt.Errorf("%d loads run for ever", running)
	}
	return nil
}

// String shows the page to whoever has to find out why it failed.
func (p *randomPage) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v, prefix %q, limit %d, max buffer %d, grace %v, timeout %v, deadline %v, client leaves %v, flush %d", p.mode, p.prefix, p.rd.Limit, p.rd.MaxBuffer, p.rd.Grace, p.rd.Timeout, p.deadline, p.leave, p.flush)
	for _, t := range p.trees {
		t.show(&b, "\n")
	}
	return b.String()
}

func (p *randomPage) kind() int {
	switch {
	case p.verdict() != nil:
		return 5
	case p.err == nil && p.lateRedirect() != nil:
		return 6
	case p.err != nil:
		return 3
	case p.deadline > 0:
		return 4
	case p.parts:
		return 7
	case p.mode == stream.Multipart:
		return int(stream.Complete)
	}
	return int(p.mode)
}

func (p *randomPage) any(is func(*tree) bool) bool {
	for _, t := range p.trees {
		if t.holds(is) {
			return true
		}
	}
	return false
}

func (p *randomPage) anyForeign() bool { return p.any(func(t *tree) bool { return t.foreign }) }

// check reports what is wrong with what has come.
func (p *randomPage) check(err error) error {
	if err != nil {
		return err
	}
	if wrong := p.wrong.Load(); wrong != nil {
		return errors.New(*wrong)
	}
	if err := p.checkBegun(); err != nil {
		return err
	}
	if over, err := p.checkDecisions(); over || err != nil {
		return err
	}
	if p.parts && p.err == nil && p.tooLarge {
		return nil
	}
	if p.tooLarge && p.err == nil {
		// Which fallbacks and error views had room is not told.
		if body := p.wire.body(); !strings.HasSuffix(body, "</body></html>") {
			return fmt.Errorf("page = %q, want one with an end", body)
		}
		return nil
	}
	c := wireClient{prefix: p.prefix}
	if p.parts {
		_, boundary, _ := strings.Cut(p.wire.header.Get("Content-Type"), "boundary=")
		c.prefix, c.script = boundary+"-", true
	} else if m := startMarker.FindStringSubmatch(p.wire.body()); p.prefix == random && m != nil {
		c.prefix = m[1][:min(len(m[1]), len("k3f9-"))]
		if !randomPrefix.MatchString(c.prefix) {
			return fmt.Errorf("boundary %q has no random prefix", m[1])
		}
	}
	for _, w := range p.wire.writes {
		if err := c.receive(w); err != nil {
			return err
		}
	}
	if p.mode != stream.OutOfOrder && !p.parts && len(c.markers)+len(c.filled) > 0 {
		return fmt.Errorf("markers %v in a page that is %v", c.markers, p.mode)
	}
	if p.err != nil && p.rd.MaxBuffer > 0 && isTooLarge(p.err) {
		if n := len(p.wire.writes); n > 0 && errors.Is(p.err, stream.ErrShell) {
			return fmt.Errorf("Render() = %v after %d writes", p.err, n)
		}
		return nil
	}
	if p.err != nil {
		// A shell that has to wait in place for longer than the request may
		// take cannot be finished.
		late := p.deadline > 0 && p.anyForeign() && errors.Is(p.err, context.DeadlineExceeded)
		if left := p.leave > 0 && errors.Is(p.err, context.Canceled); !left && !late {
			return fmt.Errorf("Render() = %v", p.err)
		}
		return nil
	}
	value, err := c.cutHead()
	if err != nil {
		return err
	}
	if !p.parts { // which no search engine asks for
		if c.doc, err = p.cutNoIndex(c.doc); err != nil {
			return err
		}
	}
	set := values(p.trees, p.failed)
	if last := set[len(set)-1]; value != last && !((p.mode == stream.InOrder || p.parts) && slices.Contains(set, value)) {
		return fmt.Errorf("head = %q, want the last of %q", value, set)
	}
	if err := c.finished(); err != nil {
		return err
	}
	if lib, use := strings.Index(c.doc, "<library>"), strings.Index(c.doc, "<use>"); use >= 0 && (lib < 0 || lib > use && p.mode != stream.OutOfOrder && p.mode != stream.Multipart && !p.anyForeign()) {
		return fmt.Errorf("page = %q, want the library before what uses it", c.doc)
	}
	if got, want := strings.ReplaceAll(c.doc, "<library>", ""), reference(p.trees, p.failed); got != want {
		return fmt.Errorf("page = %q\nwant   %q\nfailed: %v", got, want, p.failed)
	}
	if err := p.checkStatus(); err != nil {
		return err
	}
	if err := p.checkTold(); err != nil {
		return err
	}
	for _, t := range p.trees {
		t.visit(p.failed, func(t *tree) {
			if err == nil {
				err = p.checkTree(t)
			}
		})
	}
	ownTimes := p.any(func(t *tree) bool { return t.timeout > 0 || t.foreign })
	if max := p.rd.Timeout + time.Millisecond; err == nil && p.rd.Timeout > 0 && !ownTimes && p.took > max {
		err = fmt.Errorf("the page took %v, want at most %v", p.took, max)
	}
	return err
}

// checkStatus looks for the 500 of a Complete page with a failure, unless a script
// has asked for the page: all failures are shown by views of the program.
func (p *randomPage) checkStatus() error {
	want := http.StatusOK
	if (p.mode == stream.Complete || p.mode == stream.Multipart && !p.parts) && p.header.Get("Hx-Request") == "" {
		for _, t := range p.trees {
			t.visit(p.failed, func(t *tree) {
				if !t.expects(p.failed[t.id]) {
					want = http.StatusInternalServerError
				}
			})
		}
	}
	// A boundary that has loaded in place counts even if the view around it
	// has failed later.
	if p.wire.status != want && !(want == http.StatusOK && p.anyForeign()) {
		return fmt.Errorf("status = %d, want %d", p.wire.status, want)
	}
	return nil
}

// expects reports whether err is no fault of t.
func (t *tree) expects(err error) bool {
	var e *stream.StatusError
	return err == nil || t.hides(err) || errors.As(err, &e) && e.Code < 500
}

// checkTold looks for a moment after the deadline that a notice was told last.
// What loads in place, or renders after its Timeout, may take longer.
func (p *randomPage) checkTold() error {
	// A notice that was flushed knows nothing of what follows in the shell, which
	// leaves when the Grace is over. A boundary whose fallback no part can replace makes
	// the part around it wait.
	if len(p.told) == 0 || p.mode == stream.Multipart && p.open || p.any((*tree).waits) || p.flush > 0 && p.rd.Grace > 0 {
		return nil
	}
	end := p.wire.last // loads whose surroundings have failed may still be waited for
	for _, next := range append(p.told[1:], toldDeadline{at: end}) {
		// A boundary behind a flush is told of when the shell leaves.
		if d := p.told[0].deadline; next.at.After(d.Add(time.Millisecond + p.rd.Grace)) {
			return fmt.Errorf("a notice was told %v of a page that went on at %v", d.Sub(p.start), next.at.Sub(p.start))
		}
		p.told = p.told[1:]
	}
	return nil
}

// checkTree asks whether t, which the page shows, failed or not as it should.
func (p *randomPage) checkTree(t *tree) error {
	if sent := p.sent[strconv.Itoa(t.id)]; sent != 1 && !(t.sequence && sent > 1) && !p.anyForeign() {
		return fmt.Errorf("boundary %d was sent %d times", t.id, sent)
	}
	err := p.failed[t.id]
	inTime := p.rd.Limit == 0 && !p.anyForeign()
	switch {
	case errors.Is(err, stream.ErrTimeout):
		if t.timeout == 0 && p.rd.Timeout < 0 {
			return fmt.Errorf("boundary %d without a timeout failed: %v", t.id, err)
		}
		if t.timeout > 0 && inTime && t.delay < t.timeout {
			return fmt.Errorf("boundary %d failed after %v: %v", t.id, t.delay, err)
		}
		if own := fmt.Sprintf("timeout after %v", t.timeout); t.timeout > 0 && err.Error() != own {
			return fmt.Errorf("boundary %d failed: %q, want %q", t.id, err, own)
		}
		return nil
	case p.deadline > 0 && errors.Is(err, context.DeadlineExceeded):
		return nil
	case t.timeout > 0 && t.delay > t.timeout:
		return fmt.Errorf("boundary %d, which loads for %v of %v, failed: %v", t.id, t.delay, t.timeout, err)
	}
	return t.checkFailure(err)
}

// checkFailure asks whether err is that of t's fate.
func (t *tree) checkFailure(err error) error {
	var pe *stream.PanicError
	ok := false
	errors.As(err, &pe)
	switch t.fate {
	case fine:
		ok = err == nil
	case loadError, viewError:
		ok = err == t.failure()
	case loadPanic, viewPanic:
		ok = pe != nil && errors.Is(err, errRandom) && strings.Contains(string(pe.Stack), "forest_test.go")
	case loadGoexit:
		ok = err != nil && strings.Contains(err.Error(), "Goexit")
	case loadNil:
		ok = err != nil
	}
	if !ok {
		if pe != nil {
			err = fmt.Errorf("%w\n%s", err, pe.Stack)
		}
		return fmt.Errorf("boundary %d of fate %d failed: %v", t.id, t.fate, err)
	}
	return nil
}
