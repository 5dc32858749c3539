package pagebench_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestMain(m *testing.M) {
	if serve() {
		return
	}
	testkit.Main(m)
}
