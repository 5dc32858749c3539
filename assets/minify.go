//go:build ignore

// Command minify makes unsuspense.min.js from unsuspense.js, and
// unsuspense.sum, from which a test without network tells that the two belong
// together.
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
	source, err := os.ReadFile("unsuspense.js")
	if err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command("go", "run", esbuild, "--minify", "--target=es2020", "--charset=utf8", "--log-level=warning")
	cmd.Stdin = bytes.NewReader(source)
	cmd.Stderr = os.Stderr
	minified, err := cmd.Output()
	if err != nil {
		log.Fatalf("%s: %v", esbuild, err)
	}
	minified = bytes.TrimSpace(minified)
	sums := fmt.Sprintf("%x  unsuspense.js\n%x  unsuspense.min.js\n# made by %s\n",
		sha256.Sum256(source), sha256.Sum256(minified), esbuild)
	if err := os.WriteFile("unsuspense.min.js", minified, 0o644); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("unsuspense.sum", []byte(sums), 0o644); err != nil {
		log.Fatal(err)
	}
}
