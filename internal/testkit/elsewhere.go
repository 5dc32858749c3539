package testkit

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// elsewhereEnv names the Client that a test binary is to be.
const elsewhereEnv = "RIVULET_ELSEWHERE"

// A Client is the part of a benchmark that runs in a process of its own, so that
// the CPU time of the benchmark's process is the server's. It prepares itself with
// the arguments of Elsewhere and returns the function that does what it is asked.
type Client func(args []string) (func(question string) (answer string, err error), error)

// BeElsewhere makes this process a Client and exits, if Elsewhere has started it.
// A TestMain calls it first.
func BeElsewhere(clients map[string]Client) {
	name := os.Getenv(elsewhereEnv)
	if name == "" {
		return
	}
	if clients[name] == nil {
		fmt.Fprintln(os.Stderr, "no client", name)
		os.Exit(1)
	}
	if err := beClient(clients[name]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func beClient(c Client) error {
	answer, err := c(os.Args[1:])
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		a, err := answer(questions.Text())
		if err != nil {
			return err
		}
		fmt.Println(a)
	}
	return nil
}

// Elsewhere starts the Client with a name and returns the function that asks it.
// The Client ends with the test.
func Elsewhere(tb testing.TB, name string, args ...string) (ask func(question string) (answer string)) {
	tb.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), elsewhereEnv+"="+name)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Errorf("the client %s: %v", name, err)
		}
	})
	lines := bufio.NewReader(out)
	hear := func() string {
		line, err := lines.ReadString('\n')
		if err != nil {
			tb.Fatalf("the client %s has ended", name)
		}
		return strings.TrimSuffix(line, "\n")
	}
	hear()
	return func(question string) string {
		if _, err := io.WriteString(in, question+"\n"); err != nil {
			tb.Fatal(err)
		}
		return hear()
	}
}

// CPU returns the CPU time that this process has used, garbage collection
// included.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it can only be called wrongly
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
