package rivulet_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	ownPath   = "github.com/rivulet-go/rivulet"
	templPath = "github.com/a-h/templ"
	syncPath  = "golang.org/x/sync"
)

// arrows says what a package may import besides the standard library: packages
// of this module by path, other modules whole. The examples and internal/e2e are
// modules of their own, which no package of this module can import.
var arrows = map[string][]string{
	"assets":         {},
	"stream":         {"assets", "internal/cut", "internal/once", "internal/transport", "stream/internal/markup", "stream/internal/templstate", templPath, syncPath},
	"suspense":       {"internal/whole", "stream", templPath},
	"suspense/live":  {"assets", "internal/once", "stream", "suspense", templPath},
	"templates":      {"stream", "suspense", templPath},
	"stream/sse":     {"internal/cut", "internal/once", "internal/transport", "stream/internal/templstate", "stream/sse/internal/upstream", templPath},
	"stream/sse/llm": {"internal/cut", "internal/transport", "stream/sse", "stream/sse/internal/upstream"},
	"stream/broker":  {"internal/whole", "stream/sse"},
	"stream/inspect": {"stream", "stream/sse", templPath},

	"cmd/rivulet": {},

	"stream/streamtest": {"assets", "internal/pipes", "stream/internal/markup"},

	// What two packages do alike, on the standard library alone.
	"internal/cut":       {},
	"internal/once":      {},
	"internal/pipes":     {},
	"internal/transport": {},
	"internal/whole":     {},

	"stream/internal/markup":     {},
	"stream/internal/templstate": {templPath},

	"stream/sse/internal/upstream": {},

	// For tests and benchmarks only, so no row names it.
	"internal/testkit":           {"internal/pipes"},
	"stream/internal/pages":      {"suspense", templPath},
	"stream/sse/internal/site":   {},
	"suspense/internal/pagetest": {"stream", templPath},
	"stream/internal/parts":      {templPath},

	// For tests of brokers, those of nested modules, too.
	"stream/broker/internal/conformance": {"stream/broker", "stream/sse"},
}

func TestArrows(t *testing.T) {
	for _, line := range goList(t, `{{.ImportPath}} {{join .Imports " "}}`) {
		path, imports, _ := strings.Cut(line, " ")
		path = strings.TrimPrefix(path, ownPath+"/")
		if path == ownPath {
			continue // its tests only
		}
		t.Run(path, func(t *testing.T) {
			may, ok := arrows[path]
			if !ok {
				t.Fatalf("package %s has no row in arrows: say what it may import", path)
			}
			for _, imported := range strings.Fields(imports) {
				if !allowed(imported, may) {
					t.Errorf("%s imports %s; it may import the standard library and %q", path, imported, may)
				}
			}
		})
	}
}

// TestSuitesDoNotNeedTheExamples looks at the files, which a build of this module
// leaves out. The other way round, the demo's tests use the suites.
func TestSuitesDoNotNeedTheExamples(t *testing.T) {
	err := filepath.WalkDir("internal/e2e", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imported := range file.Imports {
			if strings.HasPrefix(imported.Path.Value, `"`+ownPath+"/examples/") {
				t.Errorf("%s imports %s", path, imported.Path.Value)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func allowed(imported string, may []string) bool {
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	if path, ok := strings.CutPrefix(imported, ownPath+"/"); ok {
		return slices.Contains(may, path)
	}
	return slices.ContainsFunc(may, func(m string) bool {
		return imported == m || strings.HasPrefix(imported, m+"/")
	})
}

func TestImportersPayForTemplAndSyncOnly(t *testing.T) {
	for _, path := range goList(t, `{{with .Module}}{{.Path}}{{end}}`, "-deps") {
		if !slices.Contains([]string{"", ownPath, templPath, syncPath}, path) {
			t.Errorf("a package of the root module needs %s", path)
		}
	}
}

// goList runs go list -f format on every package of this module.
func goList(t *testing.T, format string, flags ...string) []string {
	t.Helper()
	args := append([]string{"list", "-f", format}, append(flags, "./...")...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	return slices.Compact(lines)
}
