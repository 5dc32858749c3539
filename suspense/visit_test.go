package suspense_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// A visitor is what the examples show a page to. It prints what it receives,
// one line for each flush.
type visitor struct {
	chunk strings.Builder
	shown chan struct{}
	once  sync.Once
	seen  chan struct{} // one for each flush
}

type visitorKey struct{}

// visit shows page to a visitor, without the script and with DIGEST for each
// digest.
func visit(page templ.Component) {
	v := &visitor{shown: make(chan struct{}), seen: make(chan struct{}, 100)}
	r := httptest.NewRequest("GET", "/", nil)
	rd := stream.Renderer{Script: stream.NoScript()}
	h := rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page, nil })
	h.ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	v.Flush()
}

func (v *visitor) Header() http.Header         { return make(http.Header) }
func (v *visitor) WriteHeader(int)             {}
func (v *visitor) Write(p []byte) (int, error) { return v.chunk.Write(p) }

var digest = regexp.MustCompile(`\b[A-Z2-7]{8}\b`)

func (v *visitor) Flush() {
	if v.chunk.Len() > 0 {
		fmt.Println(digest.ReplaceAllString(v.chunk.String(), "DIGEST"))
		v.chunk.Reset()
	}
	v.once.Do(func() { close(v.shown) })
	v.seen <- struct{}{}
}

// database stands for what an application asks. It answers when the visitor
// sees the shell, so that the examples need no clock.
func database[T any](ctx context.Context, answer T) (T, error) {
	select {
	case <-ctx.Value(visitorKey{}).(*visitor).shown:
		return answer, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// thinking stands for the time that a sequence takes between two of its values:
// until the visitor has seen what came before.
func thinking(ctx context.Context) error {
	select {
	case <-ctx.Value(visitorKey{}).(*visitor).seen:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// text is a component; a program has templ files instead.
func text(format string, args ...any) templ.Component {
	return templ.Raw(templ.EscapeString(fmt.Sprintf(format, args...)))
}
