package rivulet_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheReadmeCompiles finds each line of the README's examples in a source
// file of the repository, all of which are compiled by its tests.
func TestTheReadmeCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := sourceLines(t)
	var in bool
	for n, line := range strings.Split(string(readme), "\n") {
		switch {
		case line == "```go", line == "```templ":
			in = true
		case line == "```":
			in = false
		case in && !sources[strings.TrimSpace(line)]:
			t.Errorf("README.md:%d: no source has the line %q", n+1, strings.TrimSpace(line))
		}
	}
	if n := strings.Count(string(readme), "\n"); n > 200 {
		t.Errorf("README.md has %d lines, want at most 200", n)
	}
}

// sourceLines returns the lines of the .go and .templ files, trimmed.
func sourceLines(t *testing.T) map[string]bool {
	lines := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".go" && ext != ".templ" {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.SplitSeq(string(text), "\n") {
			lines[strings.TrimSpace(line)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
