package rivulet_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A fence is a block of code in Markdown: the line before it, if that is not
// code, its language and its text.
var fence = regexp.MustCompile("(?m)(?:^([^`\n].*)\n\n)?^```(\\w+)\n((?s:.*?))^```$")

// fileName is the name of a file, as the line before a fence has it.
var fileName = regexp.MustCompile("`([a-z]+\\.[a-z]+)`")

// TestHello does what the first blocks of the README say, in an empty folder with
// an empty module cache, and asks for the page.
func TestHello(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var langs []string
	fences := fence.FindAllStringSubmatch(string(readme), 4)
	for _, f := range fences {
		langs = append(langs, f[2])
	}
	if want := []string{"sh", "templ", "go", "sh"}; !slices.Equal(langs, want) {
		t.Fatalf("the README begins with blocks of %q, want %q", langs, want)
	}
	goMod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(goMod), templPath+" ")
	version, _, _ = strings.Cut(version, "\n")
	if generator := templPath + "/cmd/templ@" + version + "\n"; !strings.Contains(fences[0][3], generator) {
		t.Errorf("the README does not get %q", generator)
	}

	emptyModuleCache(t)
	folder := t.TempDir()
	shell(t, folder, fences[0][3])
	folder = filepath.Join(folder, "hello")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	for _, f := range fences[1:3] {
		name := fileName.FindStringSubmatch(f[1])
		if name == nil {
			t.Fatalf("%q does not name the file", f[1])
		}
		text := f[3]
		if f[2] == "go" {
			text = instead(t, text, `ListenAndServe("127.0.0.1:8080"`, `ListenAndServe("`+addr+`"`)
		}
		if err := os.WriteFile(filepath.Join(folder, name[1]), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// What go run starts outlives it.
	shell(t, folder, instead(t, fences[3][3], "go run .", "go vet . && go build -o program ."))
	program := exec.CommandContext(t.Context(), filepath.Join(folder, "program"))
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Wait() }) // the end of the test's context kills it

	page := get(t, "http://"+addr+"/")
	from := 0
	for _, want := range []string{
		"<h1>Hello</h1>", `<?start name="1"><em>looking out of the window …</em><?end>`,
		`<template for="1"><strong>sunny, 21 °C</strong></template>`, "</html>",
	} {
		at := strings.Index(page[from:], want)
		if at < 0 {
			t.Fatalf("page = %s, want %s in %q", page, want, page[from:])
		}
		from += at + len(want)
	}
}

// emptyModuleCache gives the go command a module cache of its own, and a module
// proxy that has the working tree as the only release of this module. Other
// modules come from the shared cache, or from the proxy that is set.
func emptyModuleCache(t *testing.T) {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	shared, proxies, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	release := t.TempDir()
	serveRelease(t, filepath.Join(release, filepath.FromSlash(ownPath), "@v"), "v0.1.0")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw -trimpath") // so that it can be removed, and what is built can be found again
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(release)+",file://"+filepath.ToSlash(shared)+"/cache/download,"+proxies)
	t.Setenv("GONOSUMDB", ownPath)
}

// serveRelease puts the working tree into the folder of a module proxy:
// https://go.dev/ref/mod#goproxy-protocol.
func serveRelease(t *testing.T, folder, version string) {
	t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if path != "." && (err == nil || d.Name()[0] == '.') { // another module, or no part of one
				return fs.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".js" && ext != ".mod" && ext != ".sum" && ext != ".css" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		w, err := z.Create(ownPath + "@" + version + "/" + filepath.ToSlash(path))
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	})
	if err := cmp.Or(err, z.Close(), os.MkdirAll(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"list":            []byte(version + "\n"),
		version + ".info": fmt.Appendf(nil, `{"Version": %q}`, version),
		version + ".mod":  goMod,
		version + ".zip":  archive.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// instead returns text with a replacement for old, which must be in there.
func instead(t *testing.T, text, old, replacement string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q lacks %q", text, old)
	}
	return strings.Replace(text, old, replacement, 1)
}

// shell runs a script in dir.
func shell(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.Command("sh", "-ec", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%s%v", script, out, err)
	}
}

// get returns the page of a server that may not listen yet.
func get(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			page, err := io.ReadAll(resp.Body)
			if err := cmp.Or(err, resp.Body.Close()); err != nil {
				t.Fatalf("after %q: %v", page, err)
			}
			return string(page)
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			t.Fatalf("the program does not answer: %v", err)
		}
	}
}
