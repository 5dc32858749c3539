package llm_test

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are what many tests are about
	testkit.Main(m)
}

// A watchedLog is what went to slog.Default during a test.
type watchedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *watchedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *watchedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func watchLog(t *testing.T) *watchedLog {
	l, before := new(watchedLog), slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(l, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return l
}
