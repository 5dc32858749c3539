package browsertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// Chromium is Chromium with its defaults: it patches natively.
func Chromium() *Engine {
	return &Engine{
		Name:      "Chromium",
		Scripting: true,
		Native:    true,
		Install:   "apt-get install chromium",
		Paths:     []string{"chromium", "chromium-browser", "google-chrome"},
		command: func(_ testing.TB, path, dir, url string) *exec.Cmd {
			return chromium(path, dir, url)
		},
	}
}

// ChromiumNoScript is Chromium with scripting off.
func ChromiumNoScript() *Engine {
	e := Chromium()
	e.Name = "Chromium without scripting"
	e.Scripting = false
	e.command = func(_ testing.TB, path, dir, url string) *exec.Cmd {
		return chromium(path, dir, url, "--blink-settings=scriptEnabled=false")
	}
	return e
}

// Patching names the features of Chromium with which it patches natively.
const Patching = "DocumentPatching,HTMLProcessingInstruction"

// ChromiumRuntime is Chromium without native patching, like all versions before
// 150: the runtime does the work.
func ChromiumRuntime() *Engine {
	e := Chromium()
	e.Name = "Chromium without patching"
	e.Native = false
	e.command = func(_ testing.TB, path, dir, url string) *exec.Cmd {
		return chromium(path, dir, url, "--disable-blink-features="+Patching)
	}
	return e
}

// chromium is the command that shows url. Its window is one of an app, without tabs: the
// mark of a tab turns while the page loads, which the pages under test do all the time,
// and is drawn though nobody sees it.
func chromium(path, dir, url string, more ...string) *exec.Cmd {
	args := []string{
		"--headless",
		"--app=" + url,
		"--user-data-dir=" + filepath.Join(dir, "profile"),
		"--disable-background-networking",
		"--disable-breakpad",
		"--disable-component-update",
		"--disable-default-apps",
		"--disable-dev-shm-usage",
		"--disable-extensions",
		"--disable-gpu",
		"--disable-sync",
		"--disable-features=MediaRouter,OptimizationHints,Translate",
		"--metrics-recording-only",
		"--mute-audio",
		"--no-default-browser-check",
		"--no-first-run",
		"--password-store=basic",
	}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox") // it refuses to start for root otherwise
	}
	return exec.Command(path, append(args, more...)...)
}

var version = regexp.MustCompile(`(\d+)\.\d`)

// patches reports whether the Chromium at path patches natively, as it does since
// version 150.
func patches(t testing.TB, path string) bool {
	t.Helper()
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		t.Fatalf("%s --version: %v", path, err)
	}
	m := version.FindSubmatch(out)
	if m == nil {
		t.Fatalf("%s --version = %q, want a version", path, out)
	}
	major, _ := strconv.Atoi(string(m[1]))
	if major < 150 {
		t.Logf("%s does not patch natively, which Chromium does since 150", bytes.TrimSpace(out))
	}
	return major >= 150
}
