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
	conn net.Conn
	in   *bufio.Reader
	last int
}

// firefox starts a headless Firefox with a profile of its own and ends it with
// the test. It opens windows in which dark says what the visitor prefers.
func firefox(t *testing.T, dark bool) *fox {
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
	scheme := 1 // light
	if dark {
		scheme = 0
	}
	prefs := fmt.Sprintf(`user_pref("marionette.port", %d);
user_pref("layout.css.prefers-color-scheme.content-override", %d);
user_pref("app.normandy.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.server", "");
`, port, scheme)
	profile, err := os.MkdirTemp("", "firefox-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) })
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile)
	cmd.Env = append(os.Environ(), "MOZ_CRASHREPORTER_DISABLE=1", "HOME="+profile)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	f := &fox{conn: dial(t, port)}
	t.Cleanup(func() {
		f.do("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}})
		f.conn.Close()
	})
	f.in = bufio.NewReader(f.conn)
	if _, err := f.receive(); err != nil { // its greeting
		t.Fatal(err)
	}
	f.must(t, "WebDriver:NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"pageLoadStrategy": "none"}}})
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
			conn.SetDeadline(time.Now().Add(5 * time.Minute))
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
