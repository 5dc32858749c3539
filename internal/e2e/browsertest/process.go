package browsertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// run starts cmd in a process group of its own, with dir as its home, and
// returns a function that kills the group. The end of the test does so too,
// and so does the end of the test's process where the system can.
func run(t testing.TB, cmd *exec.Cmd, dir string) (kill func()) {
	t.Helper()
	output, err := os.Create(filepath.Join(dir, filepath.Base(cmd.Path)+".log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Env = append(os.Environ(), append([]string{"HOME=" + dir, "TMPDIR=" + dir}, cmd.Env...)...)
	setGroup(cmd)

	started, gone := make(chan error), make(chan struct{})
	go func() { // kill waits for it
		defer close(gone)
		defer output.Close()
		// The child dies with the thread that has started it.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // killed, always
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		killGroup(cmd)
		<-gone
	})
	t.Cleanup(kill)
	return kill
}

// tempDir is t.TempDir for processes whose children may outlive them by a moment
// and still write.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "browsertest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 50 {
			if err = os.RemoveAll(dir); err == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Log(err)
	})
	return dir
}
