package rivulet_test

import (
	"cmp"
	"context"
	"io"
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

// TestHello does what the first blocks of the README say, and asks for the page.
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

	// The working tree stands for the release that a reader gets.
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	shell(t, folder, instead(t, fences[0][3],
		"go get "+ownPath+"\n", "go mod edit -require="+ownPath+"@v0.0.0 -replace="+ownPath+"='"+root+"'\n"))
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
