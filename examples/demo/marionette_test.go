package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// A fox is a Firefox that is driven over its own protocol, Marionette: JSON
// over TCP, each message after its length and a colon.
type fox struct {
	conn  net.Conn
	in    *bufio.Reader
	last  int
	first string // the tab that Firefox opens by itself
}

// theFox is nil until a test needs Firefox.
var theFox *fox

// firefox opens a tab in which dark says what the visitor prefers, without
// cookies and with an empty console. The tab ends with the test. All tests share
// the browser, unless one fails: the next gets another browser. Only one tab at a
// time may be used.
func firefox(t *testing.T, dark bool) *fox {
	t.Helper()
	if theFox == nil {
		theFox = startFirefox(t)
	}
	f := theFox
	t.Cleanup(func() {
		if t.Failed() {
			theFox = nil
		}
	})
	if err := f.conn.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	f.prefer(t, dark)
	f.chrome(t, `Services.cookies.removeAll(); Services.cache2.clear(); Services.console.reset()`, nil)
	var tab struct{ Handle string }
	if err := json.Unmarshal(f.must(t, "WebDriver:NewWindow", map[string]any{"type": "tab", "focus": true}), &tab); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		f.must(t, "WebDriver:SwitchToWindow", map[string]any{"handle": tab.Handle})
		f.must(t, "WebDriver:CloseWindow", map[string]any{})
		f.must(t, "WebDriver:SwitchToWindow", map[string]any{"handle": f.first})
	})
	f.must(t, "WebDriver:SwitchToWindow", map[string]any{"handle": tab.Handle})
	return f
}

// prefer sets what the visitor prefers, for all pages.
func (f *fox) prefer(t *testing.T, dark bool) {
	t.Helper()
	f.chrome(t, `Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", arguments[0] ? 0 : 1)`, nil, dark)
}

// startFirefox starts a headless Firefox, which ends with the last test.
func startFirefox(t *testing.T) *fox {
	t.Helper()
	var path string
	for _, name := range []string{"firefox-esr", "firefox"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("Firefox is not installed")
		}
		t.Skip("Firefox is not installed: make test installs it as root, or apt-get install firefox-esr")
	}
	port := freePort(t)
	prefs := fmt.Sprintf(`user_pref("marionette.port", %d);
user_pref("app.normandy.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.server", "");
`, port)
	profile, err := os.MkdirTemp("", "firefox-")
	if err != nil {
		t.Fatal(err)
	}
	atEnd(func() { os.RemoveAll(profile) })
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile)
	cmd.Env = append(os.Environ(), "MOZ_CRASHREPORTER_DISABLE=1", "HOME="+profile)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	atEnd(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	f := &fox{conn: dial(t, port)}
	atEnd(func() {
		f.conn.SetDeadline(time.Now().Add(10 * time.Second))
		f.do("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}})
		f.conn.Close()
	})
	f.in = bufio.NewReader(f.conn)
	if _, err := f.receive(); err != nil { // its greeting
		t.Fatal(err)
	}
	f.must(t, "WebDriver:NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"pageLoadStrategy": "none"}}})
	var first struct{ Value string }
	if err := json.Unmarshal(f.must(t, "WebDriver:GetWindowHandle", map[string]any{}), &first); err != nil {
		t.Fatal(err)
	}
	f.first = first.Value
	return f
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// dial waits until the browser listens.
func dial(t *testing.T, port int) net.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			conn.SetDeadline(time.Now().Add(time.Minute))
			return conn
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Firefox does not listen: %v", err)
		case <-tick.C:
		}
	}
}

// do sends a command and returns its result.
func (f *fox) do(command string, params any) (json.RawMessage, error) {
	f.last++
	message, err := json.Marshal([]any{0, f.last, command, params})
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(f.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	answer, err := f.receive()
	if err != nil {
		return nil, err
	}
	var parts [4]json.RawMessage // 1, the number, an error or null, the result
	if err := json.Unmarshal(answer, &parts); err != nil {
		return nil, err
	}
	if string(parts[2]) != "null" {
		return nil, errors.New(command + ": " + string(parts[2]))
	}
	return parts[3], nil
}

func (f *fox) receive() ([]byte, error) {
	length, err := f.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(length[:len(length)-1])
	if err != nil {
		return nil, err
	}
	message := make([]byte, n)
	_, err = io.ReadFull(f.in, message)
	return message, err
}

func (f *fox) must(t *testing.T, command string, params any) json.RawMessage {
	t.Helper()
	result, err := f.do(command, params)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// resize makes the page so wide and high, also where no window is that narrow.
func (f *fox) resize(t *testing.T, width, height int) {
	t.Helper()
	f.must(t, "WebDriver:SetWindowRect", map[string]any{"width": 1400, "height": 1100})
	f.chrome(t, fmt.Sprintf(`const style = gBrowser.selectedBrowser.style;
		style.flex = "none"; style.minWidth = "0"; style.width = "%dpx"; style.height = "%dpx"`, width, height), nil)
}

// await waits until an expression is true in the page.
func (f *fox) await(t *testing.T, condition string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var holds struct{ Value bool }
		f.eval(t, "return !!("+condition+")", &holds)
		if holds.Value {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Firefox waits for %s", condition)
		case <-tick.C:
		}
	}
}

// eval runs the body of a function in the page and reads what it returns.
func (f *fox) eval(t *testing.T, body string, value any) {
	t.Helper()
	result := f.must(t, "WebDriver:ExecuteScript", map[string]any{"script": body, "args": []any{}})
	if err := json.Unmarshal(result, value); err != nil {
		t.Fatalf("%s: %v", result, err)
	}
}

// chrome runs the body of a function in the browser itself.
func (f *fox) chrome(t *testing.T, body string, value any, args ...any) {
	t.Helper()
	f.must(t, "Marionette:SetContext", map[string]any{"value": "chrome"})
	result := f.must(t, "WebDriver:ExecuteScript", map[string]any{"script": body, "args": append([]any{}, args...)})
	f.must(t, "Marionette:SetContext", map[string]any{"value": "content"})
	if value == nil {
		return
	}
	if err := json.Unmarshal(result, value); err != nil {
		t.Fatalf("%s: %v", result, err)
	}
}

// complaints returns what the browser's console holds about origin: faults of
// scripts and violations of the policy.
func (f *fox) complaints(t *testing.T, origin string) []string {
	t.Helper()
	var found struct{ Value []string }
	f.chrome(t, `return Services.console.getMessageArray().map(String).filter(m => m.includes(arguments[0]))`, &found, origin)
	return found.Value
}
