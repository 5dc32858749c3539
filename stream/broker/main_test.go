package broker_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }
