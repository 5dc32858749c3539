package clienttest

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

// dir is where the scripts and their packages are.
const dir = "testdata"

// installPatience is how long npm may take.
const installPatience = 5 * time.Minute

// node returns the path of Node, with the packages installed. Where that cannot
// be done the test is skipped, or fails if CI counts on it.
func node(t testing.TB) string {
	t.Helper()
	path, why := install()
	if why == "" {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI=true counts on it", why)
	}
	t.Skip(why)
	return ""
}

// install installs the packages unless they are there, and returns the path of
// Node, or why there is none.
var install = sync.OnceValues(func() (path, why string) {
	if why := installPackages(); why != "" {
		return "", why
	}
	// There is a package of Node for some systems; others need their own.
	if found, _ := filepath.Glob(filepath.Join(dir, "node_modules", "node-*", "bin", "node")); len(found) > 0 {
		path, err := filepath.Abs(found[0])
		if err == nil {
			return path, ""
		}
	}
	path, err := exec.LookPath("node")
	if err != nil {
		return "", "node is missing: it comes with npm"
	}
	return path, ""
})

func installPackages() (why string) {
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
	ctx, cancel := context.WithTimeout(context.Background(), installPatience)
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
