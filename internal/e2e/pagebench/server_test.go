package pagebench_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestServers(t *testing.T) {
	for _, program := range pagebench.Programs() {
		t.Run(program.Name, func(t *testing.T) {
			s := start(t, program, (*exec.Cmd).Start)
			a, err := s.control.get("/P10D", io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			if a.first <= 0 || a.last < a.first {
				t.Errorf("the first byte came after %v, the last after %v", a.first, a.last)
			}
			if streams := program.Name != pagebench.Plain.Name && program.Name != pagebench.Bare.Name; streams && a.chunks < 2 {
				t.Errorf("the page came in %d chunks, want more", a.chunks)
			}
			for _, path := range []string{"/cpu", "/memory"} {
				if v := s.figure(t, path); v <= 0 {
					t.Errorf("%s = %v, want more than 0", path, v)
				}
			}
		})
	}
}

// A server is this test binary in a process of its own, so that its CPU time and
// its memory are those of one program. The variable names the program.
const serverEnv = "RIVULET_PAGEBENCH"

// serve is the process of a server: it prints its address and runs until its
// standard input ends. It reports false in any other process.
func serve() bool {
	name := os.Getenv(serverEnv)
	if name == "" {
		return false
	}
	// The server is a test binary. With a value of test.bench, package stream does not
	// sleep as it does in tests.
	if err := flag.Set("test.bench", "."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	go func() { // ends with the process
		fmt.Fprintln(os.Stderr, http.Serve(l, routes(name)))
		os.Exit(1)
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
	return true
}

// routes serves the pages, and what the process has used.
func routes(name string) http.Handler {
	mux := http.NewServeMux()
	for _, program := range pagebench.Programs() {
		if program.Name == name {
			for _, page := range append(pagebench.Pages(), pagebench.PHold) {
				mux.Handle("GET /"+page.Name, program.Handler(page))
			}
		}
	}
	figure := func(path string, f func() int64) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, f()) })
	}
	figure("/cpu", func() int64 { return int64(testkit.CPU()) })
	figure("/memory", func() int64 { return int64(testkit.InUse()) })
	return mux
}

// A server is the client's side of a process.
type server struct {
	program string
	addr    string
	control *conn // for figures
}

// start runs a program until the test ends. Its process is started by run.
func start(tb testing.TB, program pagebench.Program, run func(*exec.Cmd) error) *server {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverEnv+"="+program.Name, "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := run(cmd); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatalf("%s does not start: %v", program.Name, err)
	}
	s := &server{program: program.Name, addr: strings.TrimSpace(addr)}
	if s.control, err = dial(s.addr, 4<<10); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.control.Close() })
	return s
}

// figure returns what the server says at path.
func (s *server) figure(tb testing.TB, path string) float64 {
	tb.Helper()
	var body strings.Builder
	if _, err := s.control.get(path, &body); err != nil {
		tb.Fatal(err)
	}
	n, err := strconv.ParseFloat(body.String(), 64)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
