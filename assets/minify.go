//go:build ignore

// Command minify makes NAME.min.js from NAME.js, and NAME.sum, from which a
// test without network tells that the two belong together.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"os/exec"
)

// Pinned, and run from its own module, so that go.mod does not require it.
const esbuild = "github.com/evanw/esbuild/cmd/esbuild@v0.28.2"

func main() {
	for _, name := range os.Args[1:] {
		if err := minify(name); err != nil {
			log.Fatal(err)
		}
	}
}

func minify(name string) error {
	source, err := os.ReadFile(name + ".js")
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "run", esbuild, "--minify", "--target=es2021", "--charset=utf8", "--log-level=warning")
	cmd.Stdin = bytes.NewReader(source)
	cmd.Stderr = os.Stderr
	minified, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", esbuild, err)
	}
	minified = bytes.TrimSpace(minified)
	sums := fmt.Sprintf("%x  %s.js\n%x  %s.min.js\n# made by %s\n",
		sha256.Sum256(source), name, sha256.Sum256(minified), name, esbuild)
	if err := os.WriteFile(name+".min.js", minified, 0o644); err != nil {
		return err
	}
	return os.WriteFile(name+".sum", []byte(sums), 0o644)
}
