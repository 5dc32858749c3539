package rivulet_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A named test is `folder TestName`.
var namedTest = regexp.MustCompile("`([^` ]+) ((?:Test|Fuzz)[A-Za-z0-9_]+)`")

func TestTheThreatModelNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	named := namedTest.FindAllStringSubmatch(string(text), -1)
	if len(named) < 40 {
		t.Errorf("SECURITY.md names %d tests, want one for each promise", len(named))
	}
	for _, n := range named {
		if !hasTest(t, n[1], n[2]) {
			t.Errorf("SECURITY.md names %s of %s, which is not there", n[2], n[1])
		}
	}
}

// Each row of a table has a promise and at least one test.
func TestEachPromiseHasATest(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| promise") || strings.HasPrefix(line, "|---") {
			continue
		}
		if !namedTest.MatchString(line) {
			t.Errorf("no test shows %q", line)
		}
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
