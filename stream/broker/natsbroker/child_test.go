package natsbroker_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// childVar tells a process of the test program what it is for.
const childVar = "RIVULET_NATSBROKER_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVar) {
	case "server":
		must(runServer(os.Args[1]))
	case "poster":
		must(runPoster(os.Args[1], os.Args[2], os.Args[3]))
	case "readers":
		must(runReaders(os.Args[1], os.Args[2]))
	default:
		flag.Parse()
		must(flag.Set("test.parallel", "5")) // most of the time, these tests wait
		testkit.Main(m)
	}
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// startChild starts this program as another process, and waits until it says that
// it is ready. It ends with the test.
func startChild(t testing.TB, role string, args ...string) *exec.Cmd {
	t.Helper()
	c, _, _ := talkToChild(t, role, args...)
	return c
}

// talkToChild is startChild, and returns the standard input and output of the child.
func talkToChild(t testing.TB, role string, args ...string) (c *exec.Cmd, in io.Writer, out *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c = exec.Command(self, args...)
	c.Env = append(os.Environ(), childVar+"="+role)
	stdin, err := c.StdinPipe() // a child ends when it is closed, and so with this process
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close(); kill(c) })
	if out = bufio.NewScanner(stdout); !out.Scan() || out.Text() != "ready" {
		t.Fatalf("the %s says %q, %v", role, out.Text(), out.Err())
	}
	return c, stdin, out
}

// kill ends a child at once.
func kill(c *exec.Cmd) {
	if c.ProcessState == nil {
		_ = c.Process.Kill() // SIGKILL
		_ = c.Wait()
	}
}

// ready tells the parent that the child is ready, and waits until the parent has
// ended or wants it to end.
func ready() {
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// runServer is a NATS server with a file of its configuration.
func runServer(file string) error {
	o, err := server.ProcessConfigFile(file)
	if err != nil {
		return err
	}
	o.NoSigs, o.NoLog = true, true
	s, err := server.NewServer(o)
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		return fmt.Errorf("the server does not start")
	}
	ready()
	return nil
}

// runReaders is clients that request a path at an address and read all. A "*" in
// the path is the number of the client.
func runReaders(url, clients string) error {
	n, err := strconv.Atoi(clients)
	if err != nil {
		return err
	}
	addr, path, _ := strings.Cut(url, "/")
	for i := range n {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(conn, "GET /"+strings.Replace(path, "*", strconv.Itoa(i), 1)+" HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
			return err
		}
		go func() { // ends with the process
			buf := make([]byte, 4<<10)
			for err := error(nil); err == nil; {
				_, err = conn.Read(buf)
			}
		}()
	}
	ready()
	return nil
}
