package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// A Part is a boundary of the page and its instructions.
type Part struct {
	ID, Title, How string
	Does           string        // a value of deeds
	After          time.Duration // wait before the deed
	Own            bool          // it has an ErrorView
	Critical       bool          // the first byte waits for it
	Optional       bool          // it may fail
}

// A deed is something that a boundary may do.
type deed struct{ Value, Label string }

var deeds = []deed{
	{"succeed", "succeeds"},
	{"error", "returns an error"},
	{"panic", "panics in its load"},
	{"view", "panics in its view"},
	{"timeout", "exceeds its timeout"},
	{"ignore", "ignores its timeout"},
	{"goexit", "calls runtime.Goexit"},
	{"missing", "decides: 404"},
	{"moved", "decides: redirect"},
	{"down", "decides: 503"},
	{"cut", "cuts the page off"},
}

// target is where a redirect leads.
const target = "/lab/target"

// deaf is how long a load continues that ignores the end of its context.
const deaf = 3 * time.Second

// Load is the load of the boundary.
func (p Part) Load(ctx context.Context) (string, error) {
	switch p.Does {
	case "timeout":
		<-ctx.Done()
		return "", context.Cause(ctx)
	case "ignore":
		p.After += deaf
		ctx = context.WithoutCancel(ctx)
	}
	if err := wait(ctx, p.After); err != nil {
		return "", err
	}
	switch p.Does {
	case "error":
		return "", errors.New("dial tcp 192.0.2.7:5432: connection refused")
	case "missing":
		return "", stream.NotFound(errors.New("no rows in result set"))
	case "moved":
		return "", stream.Redirect(target, http.StatusSeeOther)
	case "down":
		return "", stream.Status(http.StatusServiceUnavailable, errors.New("database is read-only"))
	case "panic":
		panic("index out of range, let us say")
	case "goexit":
		runtime.Goexit()
	case "cut":
		panic(http.ErrAbortHandler) // the visitor sees the same as when a server dies
	}
	return fmt.Sprintf("Here after %v", p.After), nil
}

// wait waits as long as the visitor has chosen.
func wait(ctx context.Context, d time.Duration) error {
	over, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-over.Done()
	return context.Cause(ctx)
}

// options returns the options of the boundary. own is its error view, which must
// fit its place.
func (p Part) options(own func(*stream.BoundaryError) templ.Component) []suspense.Option {
	opts := []suspense.Option{suspense.Name(p.ID)}
	if p.Own {
		opts = append(opts, suspense.ErrorView(own))
	}
	if p.Critical {
		opts = append(opts, suspense.Critical())
	}
	if p.Optional {
		opts = append(opts, suspense.Optional())
	}
	if p.Does == "timeout" || p.Does == "ignore" {
		opts = append(opts, suspense.Timeout(max(p.After, time.Millisecond)))
	}
	return opts
}

// breaks panics if the view of the boundary is to panic.
func (p Part) breaks() string {
	if p.Does == "view" {
		panic("a view with a nil pointer, let us say")
	}
	return ""
}
