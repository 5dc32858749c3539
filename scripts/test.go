//go:build ignore

// Test runs every test of every module with the race detector and in random
// order. It prints what failed and why, what was skipped and why, the closing
// line of every package, and last how many tests passed and failed, counted as
// go test -v shows them.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	flags := []string{"test", "-json", "-shuffle=on", "-timeout=15m", "-tags=nats"} // the tag belongs to examples/demo
	if cgo, err := exec.Command("go", "env", "CGO_ENABLED").Output(); err == nil && string(cgo) == "1\n" {
		flags = append(flags, "-race")
	} else {
		fmt.Println("no C compiler: the tests run without -race")
	}
	modules, err := modules(".")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var r report
	for _, dir := range modules {
		fmt.Printf("# %s: go %s ./...\n", dir, strings.Join(flags, " "))
		if err := r.run(dir, flags); err != nil {
			fmt.Println(err)
			r.broken++
		}
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", r.passed, r.failed+r.broken, r.skipped)
	if r.failed+r.broken > 0 || r.passed == 0 {
		os.Exit(1)
	}
}

// modules returns the folders below root that hold a go.mod, root first.
func modules(root string) (dirs []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.Name() == "go.mod" {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	slices.Sort(dirs)
	return dirs, err
}

// A report counts tests and prints what is worth reading about them.
type report struct {
	passed, failed, skipped int
	broken                  int // packages and modules that failed without a failed test
}

// An event is a line of go test -json; see go doc cmd/test2json.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// run tests the module in dir.
func (r *report) run(dir string, flags []string) error {
	cmd := exec.Command("go", append(append([]string{"-C", dir}, flags...), "./...")...)
	cmd.Stderr = os.Stdout
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	before := r.failed + r.broken
	said := map[[2]string]*bytes.Buffer{} // output by package and test
	failed := map[string]bool{}           // packages with a failed test
	dec := json.NewDecoder(out)
	for dec.More() {
		var e event
		if err := dec.Decode(&e); err != nil {
			return fmt.Errorf("reading go test -json: %w", err)
		}
		key := [2]string{e.Package, e.Test}
		switch e.Action {
		case "output":
			if said[key] == nil {
				said[key] = new(bytes.Buffer)
			}
			said[key].WriteString(e.Output)
			continue
		case "build-output":
			fmt.Print(e.Output)
			continue
		case "pass", "fail", "skip":
		default:
			continue
		}
		if e.Test == "" {
			if e.Action == "fail" && !failed[e.Package] {
				r.broken++
			}
			closing(e.Action, said[key])
		} else {
			switch e.Action {
			case "pass":
				r.passed++
			case "skip":
				r.skipped++
				fmt.Print(said[key])
			case "fail":
				r.failed++
				failed[e.Package] = true
				fmt.Print(said[key])
			}
		}
		delete(said, key)
	}
	for _, left := range said { // of tests that a panic or a timeout ended
		fmt.Print(left)
	}
	if err := cmd.Wait(); err != nil && r.failed+r.broken == before {
		return fmt.Errorf("go test in %s: %w", dir, err)
	}
	return nil
}

// closing prints the closing line of a package, and all it said if it failed.
func closing(action string, said *bytes.Buffer) {
	if said == nil {
		return
	}
	if action == "fail" {
		fmt.Print(said)
		return
	}
	for line := range strings.Lines(said.String()) {
		if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "? ") {
			fmt.Print(line)
		}
	}
}
