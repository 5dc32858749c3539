package stream_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The client of BenchmarkPieces is this test binary in a process of its own, so
// that the CPU time of this process is the server's.
const clientEnv = "RIVULET_BENCH_CLIENT"

// fetch is the client: it gets url n times over one connection.
func fetch(url string, n int) error {
	for range n {
		res, err := http.Get(url)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
		if err := res.Body.Close(); err != nil {
			return err
		}
	}
	return nil
}

// fetchElsewhere runs fetch in a process of its own.
func fetchElsewhere(b *testing.B, url string, n int) {
	cmd := exec.Command(os.Args[0], url, strconv.Itoa(n))
	cmd.Env = append(os.Environ(), clientEnv+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("client: %v\n%s", err, out)
	}
}

// runClient is the process of fetchElsewhere. It reports false in any other.
func runClient() bool {
	if os.Getenv(clientEnv) == "" {
		return false
	}
	n, _ := strconv.Atoi(os.Args[2])
	if err := fetch(os.Args[1], n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// cpu returns the CPU time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
