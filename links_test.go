package rivulet_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// A link of Markdown, or the source of a picture.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"`)

// TestLinks follows the links of the README, of docs and of the other pages of the
// repository to files and headings. Those to other sites are only parsed.
func TestLinks(t *testing.T) {
	others := []string{"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "examples/README.md"}
	for _, page := range append(docs(t), others...) {
		for _, m := range link.FindAllStringSubmatch(withoutBlocks(t, page), -1) {
			target := m[1] + m[2]
			u, err := url.Parse(target)
			switch {
			case err != nil || u.Scheme != "" && u.Scheme != "https":
				t.Errorf("%s: the link %q is no https URL, %v", page, target, err)
				continue
			case u.Scheme != "":
				continue
			}
			file := page
			if u.Path != "" {
				file = filepath.Join(filepath.Dir(page), filepath.FromSlash(u.Path))
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if u.Fragment != "" && !anchors(t, file)[u.Fragment] {
				t.Errorf("%s: %s has no heading #%s", page, file, u.Fragment)
			}
		}
	}
}

// TestTheIndexHasEachPage finds each page of docs in docs/README.md.
func TestTheIndexHasEachPage(t *testing.T) {
	index := withoutBlocks(t, "docs/README.md")
	for _, page := range docs(t) {
		if name := filepath.Base(page); name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("docs/README.md has no link to %s", name)
		}
	}
}

// withoutBlocks returns a page without its blocks of code.
func withoutBlocks(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	in := false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "```") {
			in = !in
		} else if !in {
			b.WriteString(line)
		}
	}
	return b.String()
}

// anchors returns the names that the headings of a page have in links, see
// https://github.com/gjtorikian/html-pipeline.
func anchors(t *testing.T, page string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for line := range strings.Lines(withoutBlocks(t, page)) {
		if !strings.HasPrefix(line, "#") {
			continue
		}
		names[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(strings.TrimLeft(line, "#")))] = true
	}
	return names
}
