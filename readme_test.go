package rivulet_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheDocsCompile finds each line of the examples in the README and in docs
// in a source file of the repository, all of which are compiled by its tests.
func TestTheDocsCompile(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := sourceLines(t)
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var in bool
		for n, line := range strings.Split(string(text), "\n") {
			switch {
			case line == "```go", line == "```templ":
				in = true
			case line == "```":
				in = false
			case in && !sources[strings.TrimSpace(line)]:
				t.Errorf("%s:%d: no source has the line %q", page, n+1, strings.TrimSpace(line))
			}
		}
		if n := strings.Count(string(text), "\n"); n > 200 {
			t.Errorf("%s has %d lines, want at most 200", page, n)
		}
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
