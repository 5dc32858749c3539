//go:build ignore

// Test runs every test of every module with the race detector and in random
// order, and then without it the tests that it spoils or slows too much. It prints
// what failed and why, what was skipped and why, the closing line of every package,
// and last how many tests passed and failed, counted as go test -v shows them.
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

	"github.com/rivulet-go/rivulet/internal/testkit"
)

func main() {
	flags := []string{"test", "-json", "-count=1", "-shuffle=on", "-timeout=15m", "-tags=nats"} // the tag belongs to examples/demo
	race := flags
	if cgo, err := exec.Command("go", "env", "CGO_ENABLED").Output(); err == nil && string(cgo) == "1\n" {
		// SQLite is translated from C. The race detector makes it ten times as slow,
		// and finds no race of ours in there.
		race = append(slices.Clip(flags), "-race", "-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0")
	} else {
		fmt.Println("no C compiler: the tests run without -race")
	}
	modules, err := modules(".")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r := report{again: map[[2]string]bool{}}
	for _, dir := range modules {
		r.run(dir, append(race, "./..."))
		// These measure, so one package has the machine.
		if again := r.withoutRace(); len(again) > 0 {
			r.run(dir, slices.Concat(flags, []string{"-p=1"}, again))
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

	again map[[2]string]bool // tests, by package and name, to be run without the race detector
}

// An event is a line of go test -json; see go doc cmd/test2json.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// withoutRace returns the arguments of go test that run again what said so.
func (r *report) withoutRace() (args []string) {
	var tests, packages []string
	for t := range r.again {
		packages, tests = append(packages, t[0]), append(tests, t[1])
	}
	clear(r.again)
	if len(tests) == 0 {
		return nil
	}
	slices.Sort(tests)
	slices.Sort(packages)
	return append([]string{"-run=^(" + strings.Join(slices.Compact(tests), "|") + ")$"}, slices.Compact(packages)...)
}

// run runs go with args in the module in dir.
func (r *report) run(dir string, args []string) {
	fmt.Printf("# %s: go %s\n", dir, strings.Join(args, " "))
	if err := r.read(dir, args); err != nil {
		fmt.Println(err)
		r.broken++
	}
}

// read runs go with args in the module in dir, and reads what it prints.
func (r *report) read(dir string, args []string) error {
	cmd := exec.Command("go", append([]string{"-C", dir}, args...)...)
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
			if strings.Contains(e.Output, testkit.WithRace) {
				test, _, _ := strings.Cut(e.Test, "/")
				r.again[[2]string{e.Package, test}] = true
			}
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
				if !strings.Contains(said[key].String(), testkit.WithRace) {
					r.skipped++
					fmt.Print(said[key])
				}
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
