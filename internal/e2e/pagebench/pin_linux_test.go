package pagebench_test

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// pin moves this process to the second of the CPUs that it may use, until the
// test ends. It returns a function that starts a command on the first. If there is
// only one, they share it.
func pin(tb testing.TB) func(*exec.Cmd) error {
	tb.Helper()
	var usable unix.CPUSet
	if err := unix.SchedGetaffinity(0, &usable); err != nil && err != unix.ESRCH {
		tb.Fatal(err)
	}
	first, second := firstTwo(usable)
	move(tb, second)
	procs := runtime.GOMAXPROCS(1)
	tb.Cleanup(func() {
		move(tb, usable)
		runtime.GOMAXPROCS(procs)
	})
	return func(cmd *exec.Cmd) error {
		runtime.LockOSThread() // a new process has the CPUs of the thread that starts it
		defer runtime.UnlockOSThread()
		if err := unix.SchedSetaffinity(0, &first); err != nil {
			return err
		}
		defer func() { _ = unix.SchedSetaffinity(0, &second) }()
		return cmd.Start()
	}
}

// firstTwo returns the first and the second of some CPUs, or the first twice.
func firstTwo(cpus unix.CPUSet) (first, second unix.CPUSet) {
	found := 0
	for i := 0; found < min(2, cpus.Count()); i++ {
		if !cpus.IsSet(i) {
			continue
		}
		if found++; found == 1 {
			first.Set(i)
		}
		second.Zero()
		second.Set(i)
	}
	return first, second
}

// move moves all threads of this process.
func move(tb testing.TB, to unix.CPUSet) {
	tb.Helper()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		tb.Fatal(err)
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			tb.Fatal(err)
		}
		if err := unix.SchedSetaffinity(id, &to); err != nil && err != unix.ESRCH { // it has ended
			tb.Fatal(err)
		}
	}
}
