// Command generate fetches the file of htmx that package search serves:
//
//	go -C examples run ./demo/search/generate
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rivulet-go/rivulet/examples/demo/npm"
)

const pkg = "htmx.org@4.0.1"

// sums are the SHA-256 of what is taken from the package.
var sums = map[string]string{
	"package/dist/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
	"package/LICENSE":          "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
}

func main() {
	if err := generate(filepath.FromSlash("demo/search/htmx")); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes the files into dir.
func generate(dir string) error {
	files, err := npm.Files(pkg, sums)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
