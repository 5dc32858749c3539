package stream_test

import (
	"log/slog"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	if runClient() {
		return
	}
	testkit.BeElsewhere(map[string]testkit.Client{"readers": readers})
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are what most tests are about
	testkit.Main(m)
}
