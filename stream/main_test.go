package stream_test

import (
	"log/slog"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	testkit.BeElsewhere(map[string]testkit.Client{"readers": readers, "visitors": testkit.Visitors})
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are what most tests are about
	testkit.Main(m)
}
