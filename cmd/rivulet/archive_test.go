package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write starter.txt")

func TestTheArchiveFitsTheStarter(t *testing.T) {
	want, err := pack(os.DirFS("../../examples/starter"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("starter.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		starter = want
	}
	if starter != want {
		t.Error("starter.txt is not examples/starter: run go generate ./cmd/rivulet")
	}
}

func TestTheArchiveBelongsToNoPlace(t *testing.T) {
	all := files(starter)
	for _, name := range []string{"main.go", "pages.templ", "pages_templ.go", "go.mod", "go.sum", "Makefile", "Dockerfile", ".gitignore"} {
		if all[name] == "" {
			t.Errorf("the archive has no %s", name)
		}
	}
	names := regexp.MustCompile(`\.\./|examples/starter/|` + modulePath + ` (v|=>)`)
	for name, text := range all {
		if found := names.FindString(text); found != "" {
			t.Errorf("%s names %q", name, found)
		}
		if !strings.HasSuffix(text, "\n") {
			t.Errorf("%s does not end with a line feed", name)
		}
	}
}

func TestANewProject(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "main.go"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "usage"},
		{[]string{"new"}, "usage"},
		{[]string{"make", "shop"}, "usage"},
		{[]string{"new", "shop", "example.com/shop", "more"}, "usage"},
		{[]string{"new", full}, "is not empty"},
		{[]string{"new", filepath.Join(full, "main.go")}, "main.go"},
		{[]string{"new", filepath.Join(t.TempDir(), "shop"), "no path"}, "no path"},
	} {
		var out strings.Builder
		if err := run(tt.args, &out); err == nil || !strings.Contains(err.Error(), tt.want) || out.Len() > 0 {
			t.Errorf("run(%q) = %v and prints %q, want an error with %q", tt.args, err, &out, tt.want)
		}
	}
}
