package sse

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// appendComponent appends the event with c rendered as the rest of its data.
func (e Event) appendComponent(ctx context.Context, buf *buffer, c templ.Component) error {
	if err := e.check(); err != nil {
		return err
	}
	w := &dataWriter{b: append(e.appendHead(buf.b), "data: "...)}
	defer func() { buf.b = w.take() }()
	_, _ = io.WriteString(w, e.Data)
	// What a failed component has claimed nobody has got.
	state := ctx.Value(templstate.Key)
	claims := templstate.Of(state, nil)
	if err := c.Render(ctx, w); err != nil {
		claims.Restore(state)
		return fmt.Errorf("sse: component: %w", err)
	}
	w.b = e.appendEnd(append(w.b, '\n'))
	return nil
}

// A dataWriter makes data lines of what is written to it. It is never used
// again, unlike its bytes: what a component has left running can still write to
// it, but not into the event of somebody else.
type dataWriter struct {
	b       []byte
	afterCR bool // an LF belongs to the line end that has been written
	taken   bool
}

func (w *dataWriter) Write(p []byte) (int, error)       { return writeData(w, p) }
func (w *dataWriter) WriteString(p string) (int, error) { return writeData(w, p) }

func writeData[T string | []byte](w *dataWriter, p T) (int, error) {
	if w.taken {
		return 0, io.ErrClosedPipe
	}
	n := len(p)
	if n == 0 {
		return 0, nil
	}
	rest := p
	if w.afterCR && p[0] == '\n' {
		rest = p[1:]
	}
	w.afterCR = p[n-1] == '\r'
	w.b = appendText(w.b, "data: ", rest)
	return n, nil
}

// take ends the writer and returns what it has.
func (w *dataWriter) take() []byte {
	b := w.b
	w.b, w.taken = nil, true
	return b
}
