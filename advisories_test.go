package rivulet_test

import (
	"bytes"
	"encoding/json"
	"go/version"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// lowest has, for each module that has had a published advisory, the lowest
// version above the last of them: those of the Go vulnerability database of
// 2026-08-21 (https://vuln.go.dev), and two that are newer. govulncheck knows
// more, but it needs the database, which cannot be reached from everywhere.
var lowest = map[string]string{
	"github.com/a-h/templ":               "v0.3.1100", // GHSA-94c2-xg24-pwhv, GHSA-jq3r-rjqp-mwgj
	"github.com/gin-gonic/gin":           "v1.9.1",    // GO-2023-1737
	"github.com/go-chi/chi/v5":           "v5.3.0",    // GO-2026-5777
	"github.com/gofiber/fiber/v3":        "v3.4.0",    // GO-2026-5912
	"github.com/klauspost/compress":      "v1.18.7",   // GO-2026-5841
	"github.com/labstack/echo/v4":        "v4.15.3",   // CVE-2026-55677
	"github.com/labstack/echo/v5":        "v5.0.3",    // GO-2026-4502
	"github.com/microcosm-cc/bluemonday": "v1.0.16",   // GO-2022-0588
	"github.com/nats-io/jwt/v2":          "v2.0.1",    // GO-2022-0386
	"github.com/nats-io/nats-server/v2":  "v2.12.6",   // GO-2026-4837
	"github.com/nats-io/nkeys":           "v0.4.6",    // GO-2023-2163
	"github.com/quic-go/quic-go":         "v0.59.1",   // CVE-2026-40898, GO-2026-5676
	"github.com/valyala/fasthttp":        "v1.70.0",   // GO-2026-4950
	"go.mongodb.org/mongo-driver/v2":     "v2.4.2",    // GO-2026-5327
	"golang.org/x/crypto":                "v0.52.0",   // GO-2026-5033
	"golang.org/x/net":                   "v0.56.0",   // GO-2026-5942
	"golang.org/x/sys":                   "v0.44.0",   // GO-2026-5024
	"golang.org/x/text":                  "v0.39.0",   // GO-2026-5970
	"google.golang.org/protobuf":         "v1.33.0",   // GO-2024-2611
}

func TestNoModuleHasAPublishedAdvisory(t *testing.T) {
	for _, dir := range goModules(t) {
		t.Run(dir, func(t *testing.T) {
			for _, m := range required(t, dir) {
				low, ok := lowest[m.Path]
				if ok && older(m.Version, low) {
					t.Errorf("%s requires %s %s, which has a published advisory; the lowest version without is %s", dir, m.Path, m.Version, low)
				}
			}
		})
	}
}

func TestVersionsAreCompared(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"v0.59.0", "v0.59.1", true},
		{"v0.59.1", "v0.59.1", false},
		{"v0.3.1020", "v0.3.1100", true},
		{"v2.2.0", "v1.9.0", false},
		{"v1.10.0", "v1.9.1", false},
	} {
		if got := older(row.a, row.b); got != row.want {
			t.Errorf("older(%s, %s) = %t, want %t", row.a, row.b, got, row.want)
		}
	}
}

// older reports whether version a is older than b. It compares as the go
// command compares its own versions, which is enough for what lowest holds.
func older(a, b string) bool {
	return version.Compare("go"+strings.TrimPrefix(a, "v"), "go"+strings.TrimPrefix(b, "v")) < 0
}

type module struct{ Path, Version string }

// required returns what the go.mod in dir requires.
func required(t *testing.T, dir string) []module {
	t.Helper()
	out, err := exec.Command("go", "-C", dir, "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("go mod edit -json in %s: %v", dir, err)
	}
	var mod struct{ Require []module }
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&mod); err != nil {
		t.Fatalf("go mod edit -json in %s: %v", dir, err)
	}
	return mod.Require
}

// goModules returns the folders that hold a go.mod.
func goModules(t *testing.T) (dirs []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "go.mod" {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
