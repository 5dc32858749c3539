package main

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// starter is the archive of examples/starter, which is another module and so
// cannot be embedded itself.
//
//go:generate go test -run=TestTheArchiveFitsTheStarter -update
//go:embed starter.txt
var starter string

// An archive has the files one after another, each below a line with its name:
//
//	-- main.go --
//
// All files end with a line feed. The format is that of
// https://pkg.go.dev/golang.org/x/tools/txtar.
const before, behind = "-- ", " --"

// unpack writes the files of an archive into dir.
func unpack(archive, dir string) error {
	for name, text := range files(archive) {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// files returns the files of an archive, by name.
func files(archive string) map[string]string {
	all := map[string]string{}
	var name string
	for line := range strings.Lines(archive) {
		if n, ok := strings.CutPrefix(line, before); ok && strings.HasSuffix(n, behind+"\n") {
			name = strings.TrimSuffix(n, behind+"\n")
			continue
		}
		all[name] += line
	}
	return all
}

// here is what is only right in this repository: the required version and the
// folder of Rivulet, and the folder in the messages of generated code.
var here = regexp.MustCompile("(?m)^(replace |\t)" + modulePath + " .*\n|\\bexamples/starter/(\\w+\\.templ`)")

// pack makes an archive of examples/starter. The archive is the same for all
// releases of Rivulet, so it says nothing of the version.
func pack(folder fs.FS) (string, error) {
	var b strings.Builder
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if name == "bin" { // what make build has built
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s%s%s\n%s", before, name, behind, here.ReplaceAllString(string(text), "$2"))
		return nil
	})
	return b.String(), err
}
