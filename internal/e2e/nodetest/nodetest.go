// Package nodetest provides Node with the npm packages of a folder that has a
// package.json and a package-lock.json. They are installed when a test first
// needs them.
package nodetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// patience limits the time that npm may take.
const patience = 5 * time.Minute

// Node returns the absolute path of Node, with the packages of the folder
// installed in it. The path is the Node of the lock file, if there is a package
// of it for this system, and otherwise the Node of the system. If neither works,
// the test is skipped, or fails if CI requires Node.
//
// Tests that run at the same time may call Node. Programs that run at the same
// time must not call it for the same folder.
func Node(t testing.TB, dir string) (path string) {
	t.Helper()
	path, why := install(dir)
	if why == "" {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI=true counts on it", why)
	}
	t.Skip(why)
	return ""
}

var (
	mu      sync.Mutex // held while packages are installed
	answers = map[string]answer{}
)

// An answer is the path of Node for a folder, or why there is none.
type answer struct{ path, why string }

func install(dir string) (path, why string) {
	mu.Lock()
	defer mu.Unlock()
	a, known := answers[dir]
	if !known {
		if a.why = packages(dir); a.why == "" {
			a.path, a.why = find(dir)
		}
		answers[dir] = a
	}
	return a.path, a.why
}

// packages installs the packages unless they are there.
func packages(dir string) (why string) {
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err.Error()
	}
	sum := sha256.Sum256(lock)
	want := []byte(hex.EncodeToString(sum[:]))
	installed := filepath.Join(dir, "node_modules", ".installed")
	if got, _ := os.ReadFile(installed); bytes.Equal(got, want) {
		return ""
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "npm is missing: apt-get install npm"
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		return "npm ci: " + err.Error() + "\n" + string(said)
	}
	if err := os.WriteFile(installed, want, 0o644); err != nil {
		return err.Error()
	}
	return ""
}

// find finds Node. There is a package of it for some systems; others need their
// own.
func find(dir string) (path, why string) {
	if found, _ := filepath.Glob(filepath.Join(dir, "node_modules", "node-*", "bin", "node")); len(found) > 0 {
		if path, err := filepath.Abs(found[0]); err == nil {
			return path, ""
		}
	}
	path, err := exec.LookPath("node")
	if err != nil {
		return "", "node is missing: it comes with npm"
	}
	return path, ""
}
