package inspect_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	testkit.BeElsewhere(map[string]testkit.Client{"visitors": testkit.Visitors})
	testkit.Main(m)
}
