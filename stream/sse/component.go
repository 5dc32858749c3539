package sse

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// appendComponent appends the event, with the HTML of c at the end of its data.
func (e Event) appendComponent(ctx context.Context, buf *buffer, c templ.Component) error {
	if err := e.check(); err != nil {
		return err
	}
	w := &dataWriter{b: append(e.appendHead(buf.b), "data: "...)}
	defer func() { buf.b = w.take() }()
	_, _ = io.WriteString(w, e.Data)
	// The assets that a failed component has claimed have not been sent.
	state := ctx.Value(templstate.Key)
	claims := templstate.Of(state, nil)
	if err := c.Render(ctx, w); err != nil {
		claims.Restore(state)
		return fmt.Errorf("sse: component: %w", err)
	}
	w.b = e.appendEnd(append(w.b, '\n'))
	return nil
}

// A dataWriter turns its input into data lines. It is not reused, unlike its
// bytes: a goroutine that a component has left running may still write to it, but
// must not write into another event.
type dataWriter struct {
	b       []byte
	afterCR bool // an LF that follows belongs to the line end before it
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

// take closes the writer and returns its bytes.
func (w *dataWriter) take() []byte {
	b := w.b
	w.b, w.taken = nil, true
	return b
}
