package rivulet_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// command is the first line of an example: a command that runs its folder, from
// the root of the repository. The starter is a module of its own, and its first
// line is right in each copy.
var command = regexp.MustCompile(`^// (?:[A-Z_]+=\S+ )*go -C examples run \./(\S+)$`)

func TestExamplesBeginWithTheirCommand(t *testing.T) {
	list, err := os.ReadFile("examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := programs(t)
	for _, dir := range examples {
		source, err := os.ReadFile(filepath.Join("examples", dir, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		first, rest, _ := strings.Cut(string(source), "\n")
		if m := command.FindStringSubmatch(first); (m == nil || m[1] != dir) && (dir != "starter" || first != "// go run .") {
			t.Errorf("the first line of examples/%s/main.go is %q, want the command that runs it: // go -C examples run ./%s", dir, first, dir)
		}
		if want := "\n// Command " + path.Base(dir) + " "; !strings.HasPrefix(rest, want) {
			t.Errorf("below, examples/%s/main.go does not say %q", dir, strings.TrimSpace(want))
		}
		if row := "| [" + dir + "](" + dir + ") |"; !strings.Contains(string(list), row) {
			t.Errorf("examples/README.md has no row %s", row)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\| \[(\S+)\]`).FindAllStringSubmatch(string(list), -1) {
		if !slices.Contains(examples, m[1]) {
			t.Errorf("examples/README.md lists %s, which is no program", m[1])
		}
	}
}

// programs returns the folders of the examples, relative to examples.
func programs(t *testing.T) (dirs []string) {
	t.Helper()
	for _, pattern := range []string{"examples/*/main.go", "examples/routers/*/main.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			dirs = append(dirs, strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "examples/"))
		}
	}
	if len(dirs) < 10 {
		t.Fatalf("found the examples %q, want all", dirs)
	}
	return dirs
}
