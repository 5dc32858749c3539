package rivulet_test

import (
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageDocsBeginWithAWholeExample looks at the packages that programs import.
// Each line of the first block of code stands in a source that is compiled.
func TestPackageDocsBeginWithAWholeExample(t *testing.T) {
	sources := sourceLines(t)
	packages := append(goList(t, "{{.Dir}}"), "stream/broker/natsbroker", "stream/broker/natsbroker/embedded")
	for _, dir := range packages {
		dir = below(t, dir)
		if dir == "." || strings.HasPrefix(dir, "cmd/") || strings.Contains(dir, "internal") {
			continue
		}
		t.Run(dir, func(t *testing.T) {
			text := packageClause(t, filepath.Join(dir, "doc.go")).Doc.Text()
			var code *comment.Code
			for _, block := range new(comment.Parser).Parse(text).Content {
				if _, ok := block.(*comment.Heading); ok {
					break
				}
				if c, ok := block.(*comment.Code); ok {
					code = c
					break
				}
			}
			if code == nil {
				t.Fatal("the doc has no code above its first heading")
			}
			for line := range strings.Lines(code.Text) {
				if line = strings.TrimSpace(line); line == "..." || !sources[line] {
					t.Errorf("no source has the line %q", line)
				}
			}
		})
	}
}

// Older generators of templ write no empty line between the comment with their
// version and the package clause, which makes it the package's documentation.
func TestNoPackageDocHasTheVersionOfTempl(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if text := packageClause(t, path).Doc.Text(); strings.Contains(text, "templ: version") {
			t.Errorf("go doc prints %q of %s", strings.TrimSpace(text), path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// packageClause parses a file as far as its package clause.
func packageClause(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// below returns dir relative to the root of the repository.
func below(t *testing.T, dir string) string {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	if filepath.IsAbs(dir) {
		if dir, err = filepath.Rel(root, dir); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.ToSlash(dir)
}
