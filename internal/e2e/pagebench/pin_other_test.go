//go:build !linux

package pagebench_test

import (
	"os/exec"
	"testing"
)

// pin leaves the choice of CPUs to the system.
func pin(testing.TB) func(*exec.Cmd) error { return (*exec.Cmd).Start }
