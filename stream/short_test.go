package stream_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/stream"
)

// A shortWriter is a ResponseWriter of some middleware that drops what is
// written to it.
type shortWriter struct{ *httptest.ResponseRecorder }

func (shortWriter) Write([]byte) (int, error) { return 0, nil }

func TestAWriterThatDropsBytesFailsThePage(t *testing.T) {
	w := shortWriter{httptest.NewRecorder()}
	err := new(stream.Renderer).Render(w, httptest.NewRequest("GET", "/", nil), html("<p>"))
	if !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("Render() = %v, want %v", err, io.ErrShortWrite)
	}
}
