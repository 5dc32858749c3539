package assets_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/assets"
)

func TestScript(t *testing.T) {
	// Whoever edits either file by hand is told to run go generate; whoever
	// pins another esbuild too. The sums need no network.
	t.Run("belongs to its source", func(t *testing.T) {
		sums := read(t, "unsuspense.sum")
		for _, name := range []string{"unsuspense.js", "unsuspense.min.js"} {
			line := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(read(t, name))), name)
			if !strings.Contains(sums, line) {
				t.Errorf("unsuspense.sum = %q, want a line %q: run go generate ./assets", sums, line)
			}
		}
		pin := regexp.MustCompile(`"(github\.com/evanw/esbuild/cmd/esbuild@v[0-9.]+)"`).FindStringSubmatch(read(t, "minify.go"))
		if pin == nil {
			t.Fatal("minify.go pins no version of esbuild")
		}
		if want := "# made by " + pin[1] + "\n"; !strings.HasSuffix(sums, want) {
			t.Errorf("unsuspense.sum = %q, want it to end in %q: run go generate ./assets", sums, want)
		}
		if got, want := assets.Script(), read(t, "unsuspense.min.js"); got != want {
			t.Errorf("Script() = %q, want the minified file %q", got, want)
		}
	})

	t.Run("is at most 700 bytes, 460 compressed", func(t *testing.T) {
		if got := len(assets.Script()); got > 700 {
			t.Errorf("len(Script()) = %d, want at most 700", got)
		}
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(assets.Script())); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := b.Len(); got > 460 {
			t.Errorf("compressed Script() has %d bytes, want at most 460", got)
		}
	})

	// "<!--" in a script element changes how its end is found:
	// https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
	t.Run("can stand in a script element", func(t *testing.T) {
		for _, bad := range []string{"<!--", "</script", "<script"} {
			if strings.Contains(strings.ToLower(assets.Script()), bad) {
				t.Errorf("Script() = %q, want no %q in it", assets.Script(), bad)
			}
		}
		for _, c := range assets.Script() {
			if c >= 0x80 || c < ' ' {
				t.Errorf("Script() holds %q, want printable ASCII, the same in every charset", c)
			}
		}
	})

	t.Run("needs no unsafe-eval and no Trusted Types policy", func(t *testing.T) {
		sinks := regexp.MustCompile(`eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|createContextualFragment|DOMParser`)
		if got := sinks.FindString(assets.Script()); got != "" {
			t.Errorf("Script() uses %s, want no sink for strings", got)
		}
	})
}

func TestScriptHash(t *testing.T) {
	t.Run("is the digest of the script between single quotes", func(t *testing.T) {
		sum := sha256.Sum256([]byte(assets.Script()))
		want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if got := assets.ScriptHash(); got != want {
			t.Errorf("ScriptHash() = %s, want %s", got, want)
		}
	})
}

func TestScriptName(t *testing.T) {
	t.Run("carries the start of the script's digest", func(t *testing.T) {
		want := fmt.Sprintf("unsuspense.%.4x.js", sha256.Sum256([]byte(assets.Script())))
		if got := assets.ScriptName(); got != want {
			t.Errorf("ScriptName() = %s, want %s", got, want)
		}
	})
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
