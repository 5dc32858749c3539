package importertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImporters tidies and builds programs that import a release.
func TestImporters(t *testing.T) {
	r := releaseOfTree(t)
	t.Run("of the root module", func(t *testing.T) {
		m := newImporter(t)
		for _, name := range []string{"hello", "guests"} {
			if err := os.CopyFS(filepath.Join(m.dir, name), os.DirFS(filepath.Join(root, "examples", name))); err != nil {
				t.Fatal(err)
			}
		}
		m.importAll(libraries(t, root))
		m.build(r, rootPath)
		var got []string
		for _, required := range requirements(t, m.dir) {
			got = append(got, required.Path)
		}
		if want := []string{"github.com/a-h/templ", rootPath, "golang.org/x/sync"}; !slices.Equal(got, want) {
			t.Errorf("an importer of the root module requires %q, want %q", got, want)
		}
	})
	t.Run("of natsbroker", func(t *testing.T) {
		m := newImporter(t)
		m.importAll(libraries(t, natsDir))
		m.build(r, rootPath, natsPath)
	})
}

// An importer is a module outside the repository.
type importer struct {
	*testing.T
	dir string
}

func newImporter(t *testing.T) *importer {
	m := &importer{t, t.TempDir()}
	run(t, m.dir, nil, "go", "mod", "init", "importer.test")
	return m
}

// importAll adds a program that imports the packages.
func (m *importer) importAll(packages []string) {
	m.Helper()
	var b strings.Builder
	fmt.Fprint(&b, "package main\n\n")
	for _, path := range packages {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	fmt.Fprint(&b, "\nfunc main() {}\n")
	if err := os.WriteFile(filepath.Join(m.dir, "main.go"), []byte(b.String()), 0o644); err != nil {
		m.Fatal(err)
	}
}

// build finds the modules in the release and builds all programs.
func (m *importer) build(r *release, modules ...string) {
	m.Helper()
	run(m.T, m.dir, r.env, "go", "mod", "tidy")
	// The rest comes from the shared module cache: for other folders, the go
	// command would compile it again.
	for _, path := range modules {
		run(m.T, m.dir, nil, "go", "mod", "edit", "-replace="+path+"="+r.dir(path))
	}
	run(m.T, m.dir, nil, "go", "build", "-o", os.DevNull, "./...")
}

// libraries returns the packages of the module in dir that others can import.
func libraries(t *testing.T, dir string) (paths []string) {
	t.Helper()
	list := run(t, dir, nil, "go", "list", "-f", `{{if and .GoFiles (ne .Name "main")}}{{.ImportPath}}{{end}}`, "./...")
	for _, path := range strings.Fields(list) {
		if !strings.Contains(path, "/internal/") {
			paths = append(paths, path)
		}
	}
	return paths
}
