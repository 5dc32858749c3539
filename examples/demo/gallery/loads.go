package gallery

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// weather stands for a query.
func weather(ctx context.Context) (string, error) {
	return "sunny, 21 °C", wait(ctx, 800*time.Millisecond)
}

func advice(ctx context.Context) (string, error) {
	return "Take a hat.", wait(ctx, 1200*time.Millisecond)
}

// story yields one word after the other, as a model does.
func story(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for word := range strings.FieldsSeq("A stream begins as a trickle. It takes what comes to it, and moves on.") {
			if err := wait(ctx, 120*time.Millisecond); err != nil {
				yield("", err)
				return
			}
			if !yield(word+" ", nil) {
				return
			}
		}
	}
}

type river struct {
	Name string
	Km   int
}

// rivers yields rows while they are found.
func rivers(ctx context.Context) iter.Seq2[river, error] {
	return func(yield func(river, error) bool) {
		for _, r := range []river{{"Nile", 6650}, {"Amazon", 6400}, {"Yangtze", 6300}} {
			if err := wait(ctx, 500*time.Millisecond); err != nil {
				yield(r, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func lakes(ctx context.Context) ([]string, error) {
	return []string{"Baikal", "Tanganyika"}, wait(ctx, 900*time.Millisecond)
}

func lake(ctx context.Context) (string, error) { return "Baikal", wait(ctx, 600*time.Millisecond) }
func depth(ctx context.Context) (int, error)   { return 1642, wait(ctx, 900*time.Millisecond) }

// refused fails after a while.
func refused(ctx context.Context) (string, error) {
	if err := wait(ctx, 700*time.Millisecond); err != nil {
		return "", err
	}
	return "", fmt.Errorf("query prices: %w", errors.New("connection refused"))
}

// hangs waits until its time is over.
func hangs(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", context.Cause(ctx)
}

func roll(ctx context.Context) (int, error) {
	return 1 + rand.IntN(6), wait(ctx, 300*time.Millisecond)
}

func clock(context.Context) (time.Time, error) { return time.Now(), nil }

// A visit is a request for the page.
type visit struct{ request *http.Request }

// flaky fails at first, and succeeds when it is requested again.
func (v visit) flaky(ctx context.Context) (string, error) {
	if v.request.Header.Get("Rivulet") == "" {
		return refused(ctx)
	}
	return "This time it worked.", wait(ctx, 300*time.Millisecond)
}

// first finds or sets the time of the visitor's first visit. It is a critical load,
// so the headers have not left.
func (v visit) first(ctx context.Context) (time.Time, error) {
	if c, err := v.request.Cookie("gallery"); err == nil {
		if at, err := time.Parse(time.RFC3339, c.Value); err == nil {
			return at, nil
		}
	}
	now := time.Now()
	c := http.Cookie{Name: "gallery", Value: now.UTC().Format(time.RFC3339), Path: "/gallery", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	return now, stream.Header(ctx, func(h http.Header) { h.Add("Set-Cookie", c.String()) })
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
