package suspense_test

import (
	"log/slog"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are what most tests are about
	testkit.Main(m)
}
