package rivulet_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// docs returns the pages for users: the README and what is in docs.
func docs(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(pages, "README.md")
}

// quoted are the languages of blocks that quote a file of the repository: its
// tests compile the file, or run a program with it.
var quoted = []string{"go", "templ", "js", "css", "conf", "dockerfile", "toml"}

// unquoted are the languages of blocks that quote no file: commands, of which
// TestTheCommandsExist knows the folders, what goes over the wire, and the code of
// other libraries.
var unquoted = []string{"sh", "html", "text", "tsx"}

// TestTheDocsCompile finds each line of the examples in the README and in docs
// in a source file of the repository, all of which are compiled or run by its
// tests.
func TestTheDocsCompile(t *testing.T) {
	sources := sourceLines(t)
	for _, page := range docs(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var in, quotes bool
		for n, line := range strings.Split(string(text), "\n") {
			lang, fence := strings.CutPrefix(line, "```")
			switch {
			case fence && in:
				in = false
			case fence:
				in, quotes = true, slices.Contains(quoted, lang)
				if !quotes && !slices.Contains(unquoted, lang) {
					t.Errorf("%s:%d: a block of %q, which no test reads", page, n+1, lang)
				}
			case in && quotes && !sources[strings.TrimSpace(line)]:
				t.Errorf("%s:%d: no source has the line %q", page, n+1, strings.TrimSpace(line))
			}
		}
		if n := strings.Count(string(text), "\n"); n > 200 {
			t.Errorf("%s has %d lines, want at most 200", page, n)
		}
	}
}

// sourceLines returns the lines of the files that blocks may quote, trimmed.
func sourceLines(t *testing.T) map[string]bool {
	t.Helper()
	names := []string{".go", ".templ", ".js", ".css", ".conf", ".cfg", ".vcl", ".toml", "Caddyfile", "Dockerfile"}
	lines := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		quotable := slices.ContainsFunc(names, func(end string) bool { return strings.HasSuffix(path, end) })
		if err != nil || d.IsDir() || !quotable {
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
