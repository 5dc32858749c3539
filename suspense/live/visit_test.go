package live_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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
}

type visitorKey struct{}

// visit shows page to a visitor, without the script.
func visit(page templ.Component) {
	v := &visitor{shown: make(chan struct{})}
	r := httptest.NewRequest("GET", "/", nil)
	rd := stream.Renderer{Script: stream.NoScript()}
	rd.Handler(stream.Component(page)).ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	v.Flush()
}

func (v *visitor) Header() http.Header         { return make(http.Header) }
func (v *visitor) WriteHeader(int)             {}
func (v *visitor) Write(p []byte) (int, error) { return v.chunk.Write(p) }

func (v *visitor) Flush() {
	if v.chunk.Len() > 0 {
		fmt.Println(v.chunk.String())
		v.chunk.Reset()
	}
	v.once.Do(func() { close(v.shown) })
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

// text is a component; a program has templ files instead.
func text(s string) templ.Component { return templ.Raw(templ.EscapeString(s)) }
