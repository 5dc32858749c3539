// Package npm fetches files of npm packages for the generators of the demo.
package npm

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Files fetches a package, name@version, with the program npm. It returns the
// files that are named in sums, each with its SHA-256. A file that is missing or
// has another sum is an error.
func Files(pkg string, sums map[string]string) (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "npm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	pack := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, pkg)
	pack.Stderr = os.Stderr
	name, err := pack.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", pkg, err)
	}
	f, err := os.Open(filepath.Join(dir, strings.TrimSpace(string(name))))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if files, err = read(f, sums); err != nil {
		return nil, fmt.Errorf("%s: %w", pkg, err)
	}
	return files, nil
}

// read reads the archive of a package.
func read(archive io.Reader, sums map[string]string) (map[string][]byte, error) {
	z, err := gzip.NewReader(archive)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		want := sums[h.Name]
		if want == "" {
			continue
		}
		content, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			return nil, fmt.Errorf("%s has the sum %x, want %s", h.Name, sum, want)
		}
		files[h.Name] = content
	}
	for name := range sums {
		if files[name] == nil {
			return nil, fmt.Errorf("no file %s", name)
		}
	}
	return files, nil
}
