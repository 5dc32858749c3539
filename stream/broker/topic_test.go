package broker_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

type key struct{}

func TestSend(t *testing.T) {
	t.Run("renders without the values of the context", func(t *testing.T) {
		b := &broker.Broker{}
		topic := b.Topic("news")
		events := topic.Subscribe(t.Context(), "")
		ctx := templ.WithNonce(context.WithValue(t.Context(), key{}, "ada"), "n0nce")
		view := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if v, nonce := ctx.Value(key{}), templ.GetNonce(ctx); v != nil || nonce != "" {
				t.Errorf("the view sees %v and %q, want nothing", v, nonce)
			}
			_, err := io.WriteString(w, "<b>Ada</b>\n<i>Lovelace</i>")
			return err
		})
		id, err := topic.PublishComponent(ctx, view)
		if err != nil {
			t.Fatalf("PublishComponent() = %v, want nil", err)
		}
		for e, err := range events {
			if want := (sse.Event{ID: id, Data: "<b>Ada</b>\n<i>Lovelace</i>"}); err != nil || e != want {
				t.Errorf("event = %+v, %v, want %+v", e, err, want)
			}
			break
		}
	})
	t.Run("publishes nothing of a view that fails", func(t *testing.T) {
		b := &broker.Broker{}
		_, err := b.Topic("news").PublishComponent(t.Context(), templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half")
			return io.ErrUnexpectedEOF
		}))
		if !errors.Is(err, io.ErrUnexpectedEOF) || b.Stats().Published != 0 {
			t.Errorf("PublishComponent() = %v, Stats() = %+v, want %v and nothing", err, b.Stats(), io.ErrUnexpectedEOF)
		}
	})
}
