package source_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/rivulet-go/rivulet/examples/demo/source"
)

func TestCut(t *testing.T) {
	fsys := fstest.MapFS{"page.templ": {Data: []byte(`package page

// Page is a page.
// It has two comments.
templ Page() {
	if true {
		<p>a</p>
	}
}

templ PageView() {
	<p>b</p>
}

func (p *part) load(
	ctx context.Context,
) error {
	return nil
}

func short() int { return 1 }

var (
	first = 1
)
`)}}
	for _, row := range []struct {
		name  string
		first int
		ends  []string // the first line and the last
	}{
		{"Page", 3, []string{"// Page is a page.", "}"}},
		{"PageView", 11, []string{"templ PageView() {", "}"}},
		{"short", 21, []string{"func short() int { return 1 }", "func short() int { return 1 }"}},
		{"part.load", 15, []string{"func (p *part) load(", "}"}},
		{"", 1, []string{"package page", ")"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, err := source.Cut(fsys, "page.templ", row.name)
			if err != nil {
				t.Fatal(err)
			}
			if got := []string{p.Lines[0], p.Lines[len(p.Lines)-1]}; p.First != row.first || !slices.Equal(got, row.ends) {
				t.Errorf("the piece begins in line %d with %q and ends with %q, want %d and %q", p.First, got[0], got[1], row.first, row.ends)
			}
		})
	}
	t.Run("what is not there is an error", func(t *testing.T) {
		for _, file := range []string{"page.templ", "other.go"} {
			if p, err := source.Cut(fsys, file, "Pag"); err == nil {
				t.Errorf("Cut(%s, Pag) = %v, want an error", file, p)
			}
		}
	})
}
