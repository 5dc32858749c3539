package llm_test

import (
	"log/slog"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are what many tests are about
	testkit.Main(m)
}
