// Package source shows the templ files of the demo's pages, with line numbers.
package source

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/source shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// A Package is one folder of templ files.
type Package struct {
	Name  string // the page is /source/Name
	Files fs.FS  // the files to show
}

// Register adds a page for each package, /source/Name, to mux. rd sends the
// pages. Register panics if a package cannot be read, which for embedded files is
// a programming error.
func Register(mux *http.ServeMux, rd stream.Renderer, packages ...Package) {
	shown := map[string][]file{}
	var names []string
	for _, p := range packages {
		files, err := read(p.Files)
		if err != nil {
			panic("source: " + p.Name + ": " + err.Error())
		}
		names, shown[p.Name] = append(names, p.Name), files
	}
	mux.Handle("GET /source/style.css", layout.Sheet(style))
	mux.Handle("GET /source/{name}", rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		name := r.PathValue("name")
		if shown[name] == nil {
			http.NotFound(w, r)
			return nil, nil
		}
		return listing(name, names, shown[name]), nil
	}))
}

// A file is a source file, split into lines.
type file struct {
	Name  string
	Lines []string
}

func read(fsys fs.FS) (files []file, err error) {
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		files = append(files, file{path.Base(name), lines})
		return nil
	})
	return files, err
}

// kind returns the class of a line. Comments are shown less prominently.
func kind(line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "//") {
		return "comment"
	}
	return ""
}
