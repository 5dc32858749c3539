package middlewaretest_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// lookPath returns the path of a program. Without the program, the test is skipped, and
// fails in CI.
func lookPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing", program)
		}
		t.Skipf("%s is missing", program)
	}
	return path
}

// freeAddr returns an address on which nothing listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startProgram starts cmd and returns its URL when it listens on addr. The program ends
// with the test.
func startProgram(t *testing.T, cmd *exec.Cmd, addr string) string {
	t.Helper()
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // varnishd has a child
		stop := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		stop.Stop()
		if t.Failed() {
			t.Logf("%s: %s", cmd.Path, &log)
		}
	})
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
			return "http://" + addr
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not answer: %v", cmd.Path, err)
		}
	}
}
