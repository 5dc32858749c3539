package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// What each kind of request gets from a page in which something returns a
// StatusError:
//
//	answer  the status, or the redirect, in the place of the page
//	late    the page, with the status 200, which ends with a meta element
//	cut     the page up to the error; a redirect is late
//	200     the page: nothing was decided
//	500     the same, and a failure in it is seen in its status
const decisionTable = `
what returns the error                    | streamed | in order | complete | HEAD   | HEAD, complete | htmx   | fetch  | region
the Page                                  | answer   | answer   | answer   | answer | answer         | answer | answer | answer
the Page, after a Start                   | answer   | answer   | answer   | answer | answer         | answer | answer | answer
the page component                        | answer   | answer   | answer   | answer | answer         | answer | answer | answer
the page component, after a flush         | cut      | cut      | answer   | answer | answer         | answer | answer | answer
a critical load                           | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a critical load that is optional          | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a critical load, before a flush           | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a critical load, after a flush            | late     | late     | answer   | answer | answer         | answer | answer | answer
a critical view                           | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a critical error view                     | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a critical sequence                       | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a critical sequence, after a piece        | late     | late     | answer   | answer | answer         | answer | answer | answer
a Start that a critical load waits for    | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a load in a critical view                 | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a load in a critical Suspense             | answer   | answer   | answer   | answer | answer         | answer | answer | answer
a load in a critical view that fails      | 200      | 200      | 500      | 200    | 500            | 200    | 200    | 200
a load in place                           | answer   | answer   | answer   | 200    | answer         | answer | answer | answer
a view in place                           | answer   | late     | answer   | 200    | answer         | answer | answer | answer
a load in a writer of some component      | answer   | answer   | answer   | 200    | answer         | answer | answer | answer
a load                                    | late     | late     | answer   | 200    | answer         | answer | answer | answer
a load that is optional                   | late     | late     | answer   | 200    | answer         | answer | answer | answer
a view                                    | late     | late     | answer   | 200    | answer         | answer | answer | answer
an error view                             | late     | late     | answer   | 200    | answer         | answer | answer | answer
a sequence                                | late     | late     | answer   | 200    | answer         | answer | answer | answer
a Start                                   | late     | late     | answer   | 200    | answer         | answer | answer | answer
a load in a view                          | late     | late     | answer   | 200    | answer         | answer | answer | answer
a load in a Suspense                      | late     | late     | answer   | 200    | answer         | answer | answer | answer
a load in a view that fails               | 200      | 200      | 500      | 200    | 500            | 200    | 200    | 200
`

// decidingPage is the page of a row of decisionTable. The error comes after 10 ms,
// unless the row says that it comes at once.
func decidingPage(row string, err error, rest ...templ.Component) stream.Page {
	fails := half("<p>lost", func() error { return err })
	start := func(ctx context.Context) load {
		return suspense.Start(ctx, failing(10*ms, err))
	}
	started := func(critical bool) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return stream.Boundary{Critical: critical, Load: start(ctx)}.Render(ctx, w)
		})
	}
	sequence := func(critical bool, pieces ...piece) templ.Component {
		return at(stream.Boundary{Critical: critical, Pieces: each(pieces...)})
	}
	broken := func(critical bool) templ.Component {
		within := at(stream.Boundary{Critical: critical, Load: failing(0, err)})
		return at(stream.Boundary{Critical: critical, ErrorView: view("sorry"), Load: after(10*ms, within, half("", func() error { return errBoom }))})
	}
	amended := func(critical bool) templ.Component {
		again := at(stream.Boundary{Critical: critical, Load: failing(0, err)})
		return at(stream.Boundary{Critical: critical, Load: failing(10*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return again }})
	}
	var parts []templ.Component
	switch row {
	case "the Page":
		return func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, err }
	case "the Page, after a Start":
		return func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			_ = suspense.Start(r.Context(), heedless(10*time.Second))
			return nil, err
		}
	case "the page component":
		parts = append(rest, fails)
	case "the page component, after a flush":
		parts = append(rest, templ.Flush(), fails)
	case "a critical load":
		parts = append(rest, critical(failing(10*ms, err)))
	case "a critical load that is optional":
		parts = append(rest, at(stream.Boundary{Critical: true, Optional: true, Load: failing(10*ms, err)}))
	case "a critical load, before a flush":
		parts = append([]templ.Component{critical(failing(10*ms, err)), templ.Flush()}, rest...)
	case "a critical load, after a flush":
		parts = append([]templ.Component{templ.Flush(), critical(failing(10*ms, err))}, rest...)
	case "a critical view":
		parts = append(rest, critical(after(10*ms, fails)))
	case "a critical error view":
		parts = append(rest, amended(true))
	case "a critical sequence":
		parts = append(rest, sequence(true, piece{10 * ms, nil, err}))
	case "a critical sequence, after a piece":
		parts = append([]templ.Component{sequence(true, piece{5 * ms, html("first"), nil}, piece{5 * ms, nil, err})}, rest...)
	case "a Start that a critical load waits for":
		parts = append(rest, started(true))
	case "a load in a critical view":
		parts = append(rest, critical(after(5*ms, critical(failing(5*ms, err)))))
	case "a load in a critical Suspense":
		parts = append(rest, critical(stream.Prerender(critical(failing(10*ms, err)))))
	case "a load in a critical view that fails":
		parts = append(rest, broken(true))
	case "a load in place":
		parts = append(rest, slot(failing(0, err)))
	case "a view in place":
		parts = append(rest, slot(after(0, fails)))
	case "a load in a writer of some component":
		parts = append([]templ.Component{upper(slot(failing(10*ms, err)))}, rest...)
	case "a load":
		parts = append([]templ.Component{slot(failing(10*ms, err))}, rest...)
	case "a load that is optional":
		parts = append([]templ.Component{at(stream.Boundary{Optional: true, Load: failing(10*ms, err)})}, rest...)
	case "a view":
		parts = append([]templ.Component{slot(after(10*ms, fails))}, rest...)
	case "an error view":
		parts = append([]templ.Component{amended(false)}, rest...)
	case "a sequence":
		parts = append([]templ.Component{sequence(false, piece{10 * ms, nil, err})}, rest...)
	case "a Start":
		parts = append([]templ.Component{started(false)}, rest...)
	case "a load in a view":
		parts = append([]templ.Component{slot(after(5*ms, slot(failing(5*ms, err))))}, rest...)
	case "a load in a Suspense":
		parts = append([]templ.Component{slot(stream.Prerender(slot(failing(10*ms, err))))}, rest...)
	case "a load in a view that fails":
		parts = append([]templ.Component{broken(false)}, rest...)
	default:
		panic("no page for " + row)
	}
	return stream.Component(page(append([]templ.Component{html("shell")}, parts...)...))
}

// A decidingAsker is a column of decisionTable.
type decidingAsker struct {
	method string
	mode   func(*http.Request) stream.Mode
	header http.Header
}

var decidingAskers = map[string]decidingAsker{
	"streamed":       {"GET", nil, header("Sec-Fetch-Dest", "document")},
	"in order":       {"GET", always(stream.InOrder), nil},
	"complete":       {"GET", always(stream.Complete), header("Sec-Fetch-Dest", "document")},
	"HEAD":           {"HEAD", nil, header("Sec-Fetch-Dest", "document")},
	"HEAD, complete": {"HEAD", always(stream.Complete), header("Sec-Fetch-Dest", "document")},
	"htmx":           {"GET", nil, header("Hx-Request", "true")},
	"fetch":          {"GET", nil, header("Sec-Fetch-Dest", "empty", "Accept", "*/*")},
	"region":         {"GET", nil, header("Rivulet", "1")},
}

var decidingErrors = []error{stream.NotFound(errBoom), stream.Redirect("/new?a=1&b='2'", http.StatusSeeOther), stream.Status(http.StatusServiceUnavailable, errBoom)}

func TestDecisionTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(decisionTable), "\n")
	cells := func(line string) (cells []string) {
		for cell := range strings.SplitSeq(line, "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		return cells
	}
	columns := cells(lines[0])
	for _, line := range lines[1:] {
		row := cells(line)
		t.Run(row[0], func(t *testing.T) {
			for i, want := range row[1:] {
				for _, err := range decidingErrors {
					for _, own := range []bool{false, true} {
						newDecisionTest(row[0], columns[i+1], want, err, own).run(t)
					}
				}
			}
		})
	}
}

// A decisionTest sends one request for a cell of decisionTable.
type decisionTest struct {
	name, row, want string
	asker           decidingAsker
	err             *stream.StatusError
	own             bool // there is an ErrorHandler

	log      strings.Builder
	decided  []stream.Decision
	obedient context.Context // of a load that obeys
	ended    time.Duration   // when it did
	left     time.Duration   // when the handler returned
	start    time.Time
}

func newDecisionTest(row, column, want string, err error, own bool) *decisionTest {
	d := &decisionTest{row: row, want: want, asker: decidingAskers[column], own: own}
	errors.As(err, &d.err)
	d.name = fmt.Sprintf("%s, %d, own answer %t", column, d.err.Code, own)
	return d
}

func (d *decisionTest) redirects() bool { return d.err.Location != "" }

// handler serves the page, with a load that obeys and one that does not.
func (d *decisionTest) handler() http.Handler {
	rest := []templ.Component{
		slot(func(ctx context.Context) (templ.Component, error) {
			d.obedient = ctx
			defer func() { d.ended = time.Since(d.start) }()
			return html("rest"), sleep(ctx, 5*time.Second)
		}),
		slot(heedless(10 * time.Second)),
	}
	if strings.Contains(d.row, "the page component") {
		rest = rest[:0:0] // in order they would hold the flush back
	}
	inner := decidingPage(d.row, d.err, rest...)
	trace := stream.JoinTraces(stream.Slog(slog.New(slog.NewTextHandler(&d.log, nil))), &stream.Trace{
		Decided: func(_ context.Context, got stream.Decision) { d.decided = append(d.decided, got) },
	})
	rd := stream.Renderer{Mode: d.asker.mode, Trace: trace, Script: stream.NoScript()}
	if d.own {
		rd.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
			_, _ = fmt.Fprintf(w, "own answer to %v", errors.Is(err, d.err))
		}
	}
	h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		return inner(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { d.left = time.Since(d.start) }()
		h.ServeHTTP(w, r)
	})
}

func (d *decisionTest) run(t *testing.T) {
	overPipes(t, d.handler(), func(t *testing.T, p *pipeline) {
		d.log.Reset()
		d.decided, d.obedient = nil, nil
		d.start = time.Now()
		r, _ := http.NewRequestWithContext(t.Context(), d.asker.method, "http://site/", nil)
		if d.asker.header != nil {
			r.Header = d.asker.header.Clone()
		}
		res, err := p.Do(r)
		if err != nil {
			t.Fatalf("%s: Do() = %v", d.name, err)
		}
		answered := time.Since(d.start)
		body, readErr := io.ReadAll(res.Body)
		took := time.Since(d.start)
		_ = res.Body.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, fault := range d.faults(res, string(body), readErr, answered, took) {
			t.Errorf("%s: %s", d.name, fault)
		}
	})
}

// faults says what is wrong with the response.
func (d *decisionTest) faults(res *http.Response, body string, readErr error, answered, took time.Duration) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	want := d.want
	if want == "cut" && d.redirects() {
		want = "late"
	}
	code := map[string]int{"answer": d.err.Code, "500": 500}[want]
	if code == 0 {
		code = 200
	}
	if res.StatusCode != code {
		fault("status %d, want %d", res.StatusCode, code)
	}
	location, cache := "", "public, max-age=3600"
	if want == "answer" {
		location = d.err.Location
	}
	if want == "answer" || want == "500" {
		cache = "no-store"
	}
	if got := res.Header.Get("Location"); got != location {
		fault("Location %q, want %q", got, location)
	}
	if got := res.Header.Get("Cache-Control"); got != cache {
		fault("Cache-Control %q, want %q", got, cache)
	}
	if (readErr != nil) != (want == "cut") {
		fault("the body ends with %v", readErr)
	}
	d.checkBody(want, body, fault)
	d.checkTimes(want, answered, took, fault)
	d.checkTold(want, code, fault)
	return faults
}

// checkBody looks at the body.
func (d *decisionTest) checkBody(want, body string, fault func(string, ...any)) {
	whole := http.StatusText(d.err.Code) + "\n"
	if d.own {
		whole = "own answer to true"
	}
	refresh := `<meta http-equiv="refresh" content="0;url='/new?a=1&amp;b=%272%27'">`
	noindex := `<meta name="robots" content="noindex"></body>`
	switch {
	case d.asker.method == "HEAD":
		if body != "" {
			fault("body %q in an answer to HEAD", body)
		}
	case want == "answer":
		if body != whole {
			fault("body %q, want %q", body, whole)
		}
	case want == "late" && d.redirects():
		if !strings.HasSuffix(strings.TrimSuffix(body, "</body>"), refresh) || strings.Contains(body, "noindex") {
			fault("body %q, want one that ends with %s", body, refresh)
		}
	case want == "late":
		if !strings.HasSuffix(body, noindex) || strings.Count(body, "<meta") != 1 {
			fault("body %q, want one that ends with %s", body, noindex)
		}
	case strings.Contains(body, "<meta"):
		fault("body %q, want one without a meta element", body)
	}
}

// checkTimes holds that the response does not wait for loads that are of no use.
func (d *decisionTest) checkTimes(want string, answered, took time.Duration, fault func(string, ...any)) {
	ends := want == "answer" || want == "late" && d.redirects()
	if want == "answer" && (answered > 11*ms || took > 125*ms) {
		fault("the answer has come after %v and ended after %v", answered, took)
	}
	if ends && d.left > 125*ms {
		fault("the handler returned after %v", d.left)
	}
	if ends && d.obedient != nil && d.ended > 25*ms {
		fault("a load ended after %v", d.ended)
	}
}

// checkTold looks at what Trace.Decided was told, and at the line of Slog.
func (d *decisionTest) checkTold(want string, code int, fault func(string, ...any)) {
	decides, late := want != "200" && want != "500", want != "answer"
	if len(d.decided) != map[bool]int{true: 1}[decides] {
		fault("Decided was told %v", d.decided)
	} else if decides && (d.decided[0].Err != d.err || d.decided[0].Late != late) {
		fault("Decided was told %v", d.decided[0])
	}
	line := ""
	for l := range strings.Lines(d.log.String()) {
		if strings.Contains(l, `msg="stream: response"`) {
			line += l
		}
	}
	attrs := []string{fmt.Sprintf("status=%d ", code)}
	if decides {
		attrs = append(attrs, fmt.Sprintf("decided=%d late=%t", d.err.Code, late))
	}
	if decides && d.redirects() {
		attrs = append(attrs, `location="/new?a=1&b='2'"`)
	}
	switch {
	case want == "cut", want == "answer" && d.err.Code >= 500:
		attrs = append(attrs, "level=ERROR", "error=")
	case want == "answer":
		attrs = append(attrs, "level=INFO", "error=")
	default:
		attrs = append(attrs, "level=INFO")
	}
	for _, attr := range attrs {
		if !strings.Contains(line, attr) {
			fault("line %q, want one with %q", line, attr)
		}
	}
	if !decides && strings.Contains(line, "decided") || strings.Count(line, "\n") != 1 {
		fault("line %q", line)
	}
}
