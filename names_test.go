package rivulet_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheNamesExist finds the exported names that the README and docs have, such as
// stream.Handler, in their packages.
func TestTheNamesExist(t *testing.T) {
	packages := map[string]map[string]bool{}
	for _, dir := range []string{
		"stream", "stream/sse", "stream/sse/llm", "stream/broker", "stream/broker/natsbroker", "stream/inspect", "stream/streamtest",
		"suspense", "suspense/live", "templates", "assets",
	} {
		packages[filepath.Base(dir)] = exported(t, dir)
	}
	name := regexp.MustCompile(`(^|[^\w./-])([a-z]+)\.([A-Z]\w*)`)
	for _, page := range docs(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range name.FindAllStringSubmatch(string(text), -1) {
			if names, ok := packages[m[2]]; ok && !names[m[3]] {
				t.Errorf("%s: there is no %s.%s", page, m[2], m[3])
			}
		}
	}
}

// exported returns the exported names of a package.
func exported(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no files: %v", dir, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, n := range s.Names {
							names[n.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}
