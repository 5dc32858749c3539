package markup_test

import (
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

func tokens(s *markup.Scanner, html string) (all []string) {
	for start, end := range s.Tokens([]byte(html)) {
		all = append(all, html[start:end])
	}
	return all
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct {
		html string
		want []string
		cut  bool
	}{
		{"", nil, false},
		{`a <b title=">">b</b> < c <?start name="1">d<?end><!-- <i> --><!/>`, []string{`<b title=">">`, "</b>", `<?start name="1">`, "<?end>", "<!-- <i> -->", "<!/>"}, false},
		{"<script>a < <b></script><title><b></title>", []string{"<script>", "</script>", "<title>", "</title>"}, false},
		{"<script><b>", []string{"<script>"}, false},
		{"<p><b titl", []string{"<p>", "<b titl"}, true},
		{"<p><!-- a", []string{"<p>", "<!-- a"}, true},
		{"<p><?start name", []string{"<p>", "<?start name"}, true},
	} {
		s := new(markup.Scanner)
		if got := tokens(s, tt.html); !slices.Equal(got, tt.want) || s.Cut() != tt.cut {
			t.Errorf("Tokens(%q) = %q, Cut() = %t, want %q, %t", tt.html, got, s.Cut(), tt.want, tt.cut)
		}
	}
	for range new(markup.Scanner).Tokens([]byte("<p><p>")) {
		break
	}
}

// Tokens reads what Read does.
func FuzzTokens(f *testing.F) {
	f.Add(`<!doctype html><div a='>'></div><!-- --><script></scr</script><template for="1"><tr><td>`)
	f.Fuzz(func(t *testing.T, html string) {
		a, b := new(markup.Scanner), new(markup.Scanner)
		tokens(a, html)
		b.Read([]byte(html), nil, nil)
		if a.Within() != b.Within() || a.Open() != b.Open() || !slices.Equal(a.Strays(), b.Strays()) {
			t.Errorf("of %q, Tokens leaves %q open within %q, Read %q within %q", html, a.Open(), a.Within(), b.Open(), b.Within())
		}
	})
}
