package browsertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// An Engine is a browser in one configuration.
type Engine struct {
	// Name is the name in messages.
	Name string
	// Scripting reports whether scripts run.
	Scripting bool
	// Native reports whether the browser patches by itself, so that the runtime
	// has nothing to do. Open corrects it for an old Chromium.
	Native bool
	// Install is the command that installs the browser on a Debian system.
	Install string
	// Optional engines may be missing where CI is set to true.
	Optional bool
	// Paths are possible places of the program: names to look up, or patterns.
	Paths []string

	// command is what to run so that the program at path shows url; all that
	// it writes goes below dir.
	command func(t testing.TB, path, dir, url string) *exec.Cmd
}

// Path finds the program. If it is missing, the test is skipped, or fails if CI
// requires the browser.
func (e *Engine) Path(t testing.TB) string {
	t.Helper()
	for _, p := range e.Paths {
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
		if found, _ := filepath.Glob(p); len(found) > 0 {
			return found[0]
		}
	}
	if os.Getenv("CI") == "true" && !e.Optional {
		t.Fatalf("%s is missing, and CI=true counts on it: %s", e.Name, e.Install)
	}
	t.Skipf("%s is missing: %s", e.Name, e.Install)
	return ""
}
