package templates_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/templates"
)

func show(c templ.Component) {
	_ = c.Render(context.Background(), os.Stdout)
}

func ExampleSkeleton() {
	show(templates.Skeleton(1))
	// Output: <span class="rv-skeleton" aria-busy="true"><span class="rv-label">Loading…</span> <span class="rv-line" aria-hidden="true"></span></span>
}

func ExampleSpinner() {
	show(templates.Spinner())
	// Output: <span class="rv-spinner" role="status"><span class="rv-ring" aria-hidden="true"></span> <span class="rv-label">Loading…</span></span>
}

// The style hides the text until the connection is lost, and hidden text is not
// read out.
func ExampleConnection() {
	show(templates.Connection())
	// Output: <span role="status"><span class="rv-lost">Connection lost. Trying again…</span> <span class="rv-stale">Some content could not be updated.</span></span>
}

// ErrorCard is passed by name, as the error view of a boundary.
func ExampleErrorCard() {
	prices := func(context.Context) (string, error) { return "", errors.New("no route to host") }
	view := func(s string) templ.Component { return templ.Raw(s) }
	_ = suspense.Await(templates.Skeleton(3), prices, view, suspense.ErrorView(templates.ErrorCard))

	show(templates.ErrorCard(&stream.BoundaryError{Digest: "K3J2QX7A", Err: errors.New("no route to host")}))
	// Output: <span class="rv-error" role="alert"><span class="rv-error-title">This part of the page could not be loaded.</span> <span class="rv-error-digest">Reference: <code>K3J2QX7A</code></span></span>
}

// Only the program knows that it is in development.
func ExampleDevError() {
	dev := true // a flag of the program
	rd := stream.Renderer{ErrorView: templates.ErrorCard}
	if dev {
		rd.ErrorView = templates.DevError
	}

	err := fmt.Errorf("prices: %w", errors.New("no route to <db>"))
	show(rd.ErrorView(&stream.BoundaryError{ID: "2.1", Name: "prices", Digest: "K3J2QX7A", Err: err}))
	// Output:
	// <span class="rv-error"><span role="alert"><span class="rv-error-title">The boundary prices has failed (2.1)</span> <span class="rv-error-text">prices: no route to &lt;db&gt;</span></span> <span class="rv-error-details" role="group" aria-label="Details of the error" tabindex="0">*fmt.wrapError: prices: no route to &lt;db&gt;
	// *errors.errorString: no route to &lt;db&gt;</span> <span class="rv-error-digest">Reference: <code>K3J2QX7A</code></span><a class="rv-again" href="">Load the page again</a></span>
}

// A layout has one Incomplete for all its pages, first in the body. The output is
// everything that a visitor receives of a page whose connection is lost. The
// notice appears after 35 s: the Timeout of the Renderer plus 5 s.
func ExampleIncomplete() {
	connection, lose := context.WithCancel(context.Background())
	prices := func(ctx context.Context) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	view := func(s string) templ.Component { return templ.Raw(s) }
	page := templ.Join(templates.Incomplete(), suspense.Await(templ.Raw("Loading…"), prices, view))

	rd := stream.Renderer{Script: stream.NoScript()}
	rd.Trace = &stream.Trace{Flushed: func(context.Context, int) { lose() }}
	w := httptest.NewRecorder()
	err := rd.Render(w, httptest.NewRequest("GET", "/", nil).WithContext(connection), page)
	fmt.Println(w.Body)
	fmt.Println(err)
	// Output:
	// <?start name="1"><?notice><span class="rv-incomplete" role="status"><span class="rv-overdue rv-delay-5 rv-delay-10 rv-delay-20">Part of this page has not arrived. <a href="">Load the page again</a></span></span><?end><?start name="2">Loading…<?end>
	// stream: context canceled
}

func ExampleStyle() {
	ctx := templ.WithNonce(context.Background(), "r4nd0m")
	var head strings.Builder
	_ = templates.Style().Render(ctx, &head)
	fmt.Println(head.String()[:22])
	// Output: <style nonce="r4nd0m">
}

// For style-src 'self', the application serves the rules as a file.
func ExampleCSS() {
	fmt.Println(strings.Contains(templates.CSS(), "prefers-reduced-motion"))
	// Output: true
}
