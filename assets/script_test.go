package assets_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/assets"
)

// scripts are the scripts of the package, each with its budget in bytes, plain and
// compressed.
var scripts = []struct {
	file             string
	script           assets.Script
	size, compressed int
}{
	{"unsuspense", assets.Unsuspense(), 700, 465},
	{"live", assets.Live(), 7460, 3830},
	{"starthtmx", assets.StartHTMX(), 1860, 975},
}

func TestScripts(t *testing.T) {
	pin := regexp.MustCompile(`"(github\.com/evanw/esbuild/cmd/esbuild@v[0-9.]+)"`).FindStringSubmatch(read(t, "minify.go"))
	if pin == nil {
		t.Fatal("minify.go pins no version of esbuild")
	}
	for _, s := range scripts {
		text := s.script.Text

		// After a change by hand of either file, or of the version of esbuild, the
		// test asks for go generate. The sums need no network.
		t.Run(s.file+" belongs to its source", func(t *testing.T) {
			sums := read(t, s.file+".sum")
			for _, name := range []string{s.file + ".js", s.file + ".min.js"} {
				line := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(read(t, name))), name)
				if !strings.Contains(sums, line) {
					t.Errorf("%s.sum = %q, want a line %q: run go generate ./assets", s.file, sums, line)
				}
			}
			if want := "# made by " + pin[1] + "\n"; !strings.HasSuffix(sums, want) {
				t.Errorf("%s.sum = %q, want it to end in %q: run go generate ./assets", s.file, sums, want)
			}
			if want := read(t, s.file+".min.js"); text != want {
				t.Errorf("the script is %q, want the minified file %q", text, want)
			}
		})

		t.Run(fmt.Sprintf("%s is at most %d bytes, %d compressed", s.file, s.size, s.compressed), func(t *testing.T) {
			if len(text) > s.size {
				t.Errorf("the script has %d bytes, want at most %d", len(text), s.size)
			}
			if got := compressed(t, text); got > s.compressed {
				t.Errorf("the compressed script has %d bytes, want at most %d", got, s.compressed)
			}
		})

		// "<!--" in a script element changes how its end is found:
		// https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
		t.Run(s.file+" can stand in a script element", func(t *testing.T) {
			for _, bad := range []string{"<!--", "</script", "<script"} {
				if strings.Contains(strings.ToLower(text), bad) {
					t.Errorf("the script is %q, want no %q in it", text, bad)
				}
			}
			for _, c := range text {
				if c >= 0x80 || c < ' ' {
					t.Errorf("the script holds %q, want printable ASCII, the same in every charset", c)
				}
			}
		})

		t.Run(s.file+" needs no unsafe-eval", func(t *testing.T) {
			if got := regexp.MustCompile(`eval|Function|set(Timeout|Interval)\(["'` + "`" + `]`).FindString(text); got != "" {
				t.Errorf("the script uses %s", got)
			}
		})

		t.Run("the hash of "+s.file+" is its digest between single quotes", func(t *testing.T) {
			sum := sha256.Sum256([]byte(text))
			want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			if got := s.script.Hash; got != want {
				t.Errorf("hash = %s, want %s", got, want)
			}
		})

		t.Run("the name of "+s.file+" carries the start of its digest", func(t *testing.T) {
			want := fmt.Sprintf("%s.%.4x.js", s.file, sha256.Sum256([]byte(text)))
			if got := s.script.Name; got != want {
				t.Errorf("name = %s, want %s", got, want)
			}
		})
	}
}

var sinks = regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|[a-z]HTML|createContextualFragment|DOMParser|srcdoc`)

func TestSinks(t *testing.T) {
	t.Run("unsuspense needs no Trusted Types policy", func(t *testing.T) {
		if got := sinks.FindString(assets.Unsuspense().Text); got != "" {
			t.Errorf("Unsuspense() uses %s, want no sink for strings", got)
		}
	})
	t.Run("starthtmx needs no Trusted Types policy", func(t *testing.T) {
		// The parser that htmx 2 calls gets what htmx has called it with.
		if got := sinks.FindString(strings.ReplaceAll(assets.StartHTMX().Text, "Document.parseHTMLUnsafe", "")); got != "" {
			t.Errorf("StartHTMX() uses %s, want no sink for strings", got)
		}
	})
	t.Run("live has one sink and one policy, named rivulet", func(t *testing.T) {
		got := sinks.FindAllString(assets.Live().Text, -1)
		if want := []string{"innerHTML", "eHTML", "eHTML"}; !slices.Equal(got, want) { // createHTML: asked for, and made
			t.Errorf("Live() uses %q, want %q", got, want)
		}
		if n := strings.Count(assets.Live().Text, `createPolicy("rivulet"`); n != 1 {
			t.Errorf("Live() makes %d policies named rivulet, want 1", n)
		}
	})
}

func compressed(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
