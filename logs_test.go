package rivulet_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheLinesOfTheLogExist finds the lines that docs/troubleshoot.md explains in
// the sources.
func TestTheLinesOfTheLogExist(t *testing.T) {
	text, err := os.ReadFile("docs/troubleshoot.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for line := range sourceLines(t) {
		sources.WriteString(line + "\n")
	}
	lines := regexp.MustCompile("(?m)^\\| `((?:stream|live|sse|inspect|broker): [^`]+)` \\|").FindAllStringSubmatch(string(text), -1)
	if len(lines) < 20 {
		t.Errorf("docs/troubleshoot.md has %d lines of the log, want them all", len(lines))
	}
	for _, m := range lines {
		if !strings.Contains(sources.String(), `"`+m[1]) {
			t.Errorf("no source logs %q", m[1])
		}
	}
}
