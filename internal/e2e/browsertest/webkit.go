package browsertest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// WebKit is WebKitGTK in its MiniBrowser, on a display of its own. Its engine is
// similar to Safari's. The browser around it is not.
func WebKit() *Engine {
	return &Engine{
		Name:      "WebKitGTK",
		Scripting: true,
		Install:   "apt-get install libwebkit2gtk-4.1-0 xvfb",
		Optional:  true,
		Paths: []string{
			"/usr/lib/*/webkit2gtk-4.1/MiniBrowser",
			"/usr/lib/*/webkitgtk-6.0/MiniBrowser",
			"/usr/libexec/webkit2gtk-4.1/MiniBrowser",
			"/usr/libexec/webkitgtk-6.0/MiniBrowser",
		},
		command: func(t testing.TB, path, dir, url string) *exec.Cmd {
			cmd := exec.Command(path, "--private", url)
			cmd.Env = []string{"DISPLAY=" + display(t, dir), "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1"}
			return cmd
		},
	}
}

// display starts an X server that shows nothing and returns its name.
func display(t testing.TB, dir string) string {
	t.Helper()
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("Xvfb is missing: apt-get install xvfb")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	run(t, cmd, dir)
	w.Close()
	_ = r.SetReadDeadline(time.Now().Add(Patience))
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb has not named its display: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}
