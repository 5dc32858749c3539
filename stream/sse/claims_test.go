package sse_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestFailedComponentGivesBackClaims(t *testing.T) {
	once := templ.NewOnceHandle()
	style := func(then error) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			c := templ.WithChildren(ctx, templ.Raw("<style>s</style>"))
			if err := once.Once().Render(c, w); err != nil {
				return err
			}
			return then
		})
	}
	h := sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		if err := s.SendComponent(ctx, sse.Event{}, style(errors.New("boom"))); err == nil {
			t.Error("no error")
		}
		return s.SendComponent(ctx, sse.Event{}, style(nil))
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r = r.WithContext(templ.WithNonce(r.Context(), "n"))
	h.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "<style>s</style>") {
		t.Errorf("the style is lost: %q", w.Body)
	}
}
