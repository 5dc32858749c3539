package pagebench_test

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
)

func TestHeldPages(t *testing.T) {
	for _, program := range []pagebench.Program{pagebench.Bare, pagebench.HandMade, pagebench.InPlace} {
		if got := start(t, program, (*exec.Cmd).Start).held(t, 20); got < 4<<10 {
			t.Errorf("%s: a held page takes %.0f bytes, want the buffers of net/http at least", program.Name, got)
		}
	}
}

// heldPages returns how many pages are held open at once: 10,000, or what the
// limit of open files leaves. The runtime has raised it as far as it may.
func heldPages(tb testing.TB) int {
	tb.Helper()
	const most, others = 10_000, 200
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		tb.Fatal(err)
	}
	return int(min(most+others, uint64(limit.Cur))) - others
}

// held returns the bytes that each of n pages takes in the server while they wait.
func (s *server) held(tb testing.TB, n int) float64 {
	tb.Helper()
	before := s.figure(tb, "/memory")
	for range n {
		c, err := dial(s.addr, 4<<10)
		if err != nil {
			tb.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		c.hold(tb)
	}
	return (s.figure(tb, "/memory") - before) / float64(n)
}

// hold requests a page that stays open, and returns when its fallback has come.
func (c *conn) hold(tb testing.TB) {
	tb.Helper()
	if err := c.request("/" + pagebench.PHold.Name); err != nil {
		tb.Fatal(err)
	}
	for line := ""; !strings.Contains(line, "Loading b0"); {
		var err error
		if line, err = c.line(); err != nil {
			tb.Fatal(err)
		}
	}
}
