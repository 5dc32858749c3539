//go:build unix

package importertest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/module"
)

// TestTheStarter makes a project with the command of a release, runs its tests,
// asks for its pages, and sees them reload.
func TestTheStarter(t *testing.T) {
	r := releaseOfTree(t)
	folder := t.TempDir()
	said := run(t, folder, r.env, "go", "run", rootPath+"/cmd/rivulet@"+r.version, "new", "shop", "shop.test")
	if !strings.Contains(said, "cd shop\n\tmake dev") {
		t.Errorf("the command says %q", said)
	}
	folder = filepath.Join(folder, "shop")
	if got := run(t, folder, r.env, "go", "list", "-m"); got != "shop.test" {
		t.Errorf("the module is %s, want shop.test", got)
	}
	if want := (module.Version{Path: rootPath, Version: r.version}); !slices.Contains(requirements(t, folder), want) {
		t.Errorf("the project does not require %s", want)
	}
	run(t, folder, r.env, "go", "mod", "tidy", "-diff")
	// The rest comes from the shared module cache: for other folders, the go
	// command would compile it again.
	run(t, folder, nil, "go", "mod", "edit", "-replace="+rootPath+"="+r.dir(rootPath))
	run(t, folder, nil, "go", "vet", "./...")
	run(t, folder, nil, "go", "test", "./...")
	run(t, folder, nil, "go", "build", "-o", "bin/app", ".")

	printed := start(t, folder, "bin/app", "-addr=127.0.0.1:0")
	url, err := bufio.NewReader(printed).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url = strings.TrimSpace(url)
	for path, want := range map[string]string{"": "Sencha", "teas/assam": "<h1>Assam</h1>", "teas/coffee": "We do not have that"} {
		if got, err := ask(t, url+path); !strings.Contains(got, want) || !strings.Contains(got, "</html>") {
			t.Errorf("/%s is %s, %v; want a whole page with %s", path, got, err, want)
		}
	}

	t.Run("reloads", func(t *testing.T) {
		if _, err := exec.LookPath("make"); err != nil {
			t.Skip(err)
		}
		port, proxyPort := freePort(t), freePort(t)
		generated := contents(t, folder, "*_templ.go")
		start(t, folder, "make", "dev", "port="+port, "proxyport="+proxyPort)
		url := "http://127.0.0.1:" + proxyPort + "/"
		shows(t, url, "The latest orders")
		shows(t, url, "/_templ/reload/script.js")
		if contents(t, folder, "*_templ.go") != generated {
			t.Error("templ generates other code than the project has")
		}
		page := filepath.Join(folder, "pages.templ")
		changed := strings.Replace(contents(t, folder, "pages.templ"), "The latest orders", "What others order", 1)
		if err := os.WriteFile(page, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		shows(t, url, "What others order")
	})
}

// start starts a command and returns what it prints. The end of the test
// interrupts its process group, and waits until all that prints is gone.
func start(t *testing.T, dir string, command ...string) io.Reader {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r, w := io.Pipe()
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = w, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		go io.Copy(io.Discard, r) // ends with w
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		kill := time.AfterFunc(30*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		err := cmd.Wait()
		kill.Stop()
		_ = w.Close()
		if t.Failed() {
			t.Logf("%s: %v\n%s", strings.Join(command, " "), err, &log)
		}
	})
	return r
}

// shows waits until the page has text.
func shows(t *testing.T, url, text string) {
	t.Helper()
	var page string
	var err error
	for range 300 {
		if page, err = ask(t, url); strings.Contains(page, text) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatalf("the page lacks %q: %v\n%s", text, err, page)
}

// ask returns the page.
func ask(t *testing.T, url string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	return string(page), err
}

// contents returns the files that match the pattern, one after another.
func contents(t *testing.T, dir, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("there is no %s: %v", pattern, err)
	}
	var b strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// freePort returns a port that nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
