package stream_test

import (
	"context"
	"io"
)

// use shows what needs the library, if t does.
func (f *forest) use(ctx context.Context, w io.Writer, t *tree) error {
	if !t.uses {
		return nil
	}
	if err := f.library.Once().Render(ctx, w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "<use>")
	return err
}

// use is what use has shown.
func (t *tree) use() string {
	if t.uses {
		return "<use>"
	}
	return ""
}
