// Command rivulet makes a project that begins with a copy of examples/starter:
//
//	go run github.com/rivulet-go/rivulet/cmd/rivulet@latest new shop
//
// makes the folder shop and the module shop. A second argument gives the module
// another path:
//
//	go run github.com/rivulet-go/rivulet/cmd/rivulet@latest new shop example.com/shop
//
// The project requires the version of Rivulet that the command has. In a clone of
// Rivulet, it uses the clone.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

const modulePath = "github.com/rivulet-go/rivulet"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "rivulet:", err)
		os.Exit(1)
	}
}

// run is the command with its arguments.
func run(args []string, out io.Writer) error {
	if len(args) < 2 || len(args) > 3 || args[0] != "new" {
		return errors.New("usage: rivulet new FOLDER [MODULE]")
	}
	dir, err := filepath.Abs(args[1])
	if err != nil {
		return err
	}
	module := filepath.Base(dir)
	if len(args) == 3 {
		module = args[2]
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty", dir)
	}
	require, err := requirement()
	if err != nil {
		return err
	}
	err = unpack(starter, dir)
	if err == nil {
		err = goCommand(dir, append([]string{"mod", "edit", "-module=" + module}, require...)...)
	}
	if err == nil {
		err = goCommand(dir, "mod", "tidy")
	}
	if err != nil {
		return fmt.Errorf("what is in %s is not complete: %w", dir, err)
	}
	fmt.Fprintf(out, "Now run:\n\n\tcd %s\n\tmake dev\n\nand open http://127.0.0.1:7331/\n", args[1])
	return nil
}

// requirement returns the flags of go mod edit for the version of this command.
func requirement() ([]string, error) {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == modulePath && strings.HasPrefix(info.Main.Version, "v") && info.Main.Sum != "" {
		return []string{"-require=" + modulePath + "@" + info.Main.Version}, nil
	}
	// Built in a clone: there is no version that others could download.
	clone, err := exec.Command("go", "list", "-m", "-f={{.Dir}}", modulePath).Output()
	if err != nil {
		return nil, errors.New("this is no release: run it in a clone, or with @latest")
	}
	return []string{"-require=" + modulePath + "@v0.0.0", "-replace=" + modulePath + "=" + strings.TrimSpace(string(clone))}, nil
}

// goCommand runs the go command in dir.
func goCommand(dir string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return nil
}
