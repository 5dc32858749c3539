package repotest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	inBackquotes = regexp.MustCompile("`([^`]+)`")
	goTest       = regexp.MustCompile(`^go (?:-C (\S+) )?test (.*)$`)
	runs         = regexp.MustCompile(`-run='?\^?(\w+)`)
	makes        = regexp.MustCompile(`^make (\w+)$`)
)

// The commands of CONTRIBUTING.md name packages, tests and targets that exist.
func TestTheCommandsForContributorsExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, quoted := range inBackquotes.FindAllStringSubmatch(string(text), -1) {
		if m := makes.FindStringSubmatch(quoted[1]); m != nil {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s: the Makefile has no target %s", quoted[1], m[1])
			}
			continue
		}
		m := goTest.FindStringSubmatch(quoted[1])
		if m == nil {
			continue
		}
		commands++
		for _, arg := range strings.Fields(m[2]) {
			if !strings.HasPrefix(arg, "./") || arg == "./..." {
				continue
			}
			dir := filepath.Join(root, m[1], arg)
			if _, err := os.Stat(dir); err != nil {
				t.Errorf("%s: %v", quoted[1], err)
			}
			if r := runs.FindStringSubmatch(m[2]); r != nil && !declares(t, dir, r[1]) {
				t.Errorf("%s: no test of %s is called %s", quoted[1], dir, r[1])
			}
		}
		if _, err := os.Stat(filepath.Join(root, m[1], "go.mod")); err != nil {
			t.Errorf("%s: %v", quoted[1], err)
		}
	}
	if commands < 10 {
		t.Errorf("CONTRIBUTING.md has %d commands that test, want those of all suites", commands)
	}
}

// declares reports whether a test file in dir has a test with that name.
func declares(t *testing.T, dir, name string) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tests {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
