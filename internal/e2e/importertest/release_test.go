package importertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const (
	rootPath = "github.com/rivulet-go/rivulet"
	natsPath = rootPath + "/stream/broker/natsbroker"

	root    = "../../.."
	natsDir = root + "/stream/broker/natsbroker"
)

// A release holds both modules of the working tree at one version.
type release struct {
	version string
	cache   string   // a module cache of its own: the shared one must not know this version
	env     []string // for the go command, to find the release
}

// The folder of all tests, and the release in it.
var (
	shared   string
	released *release
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "importertest")
	if err != nil {
		panic(err)
	}
	shared = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// releaseOfTree releases both modules at the version of the root module that
// natsbroker's go.mod requires, each as it is. All tests have the same release, so
// that the go command compiles its packages once.
func releaseOfTree(t *testing.T) *release {
	t.Helper()
	if released != nil {
		return released
	}
	proxy, r := filepath.Join(shared, "proxy"), &release{version: requirement(t), cache: filepath.Join(shared, "cache")}
	for path, dir := range map[string]string{rootPath: root, natsPath: natsDir} {
		m := module.Version{Path: path, Version: r.version}
		serve(t, proxy, m, dir, func(f *os.File) error { return zip.CreateFromDir(f, m, dir) })
	}
	known := run(t, ".", nil, "go", "env", "GOMODCACHE", "GOPROXY")
	cache, proxies, _ := strings.Cut(known, "\n")
	r.env = []string{
		"GOMODCACHE=" + r.cache,
		"GOFLAGS=-modcacherw", // so that it can be removed
		"GOPROXY=" + fileURL(proxy) + "," + fileURL(filepath.Join(cache, "cache", "download")) + "," + proxies,
		"GONOSUMDB=" + rootPath,
	}
	released = r
	return r
}

// dir returns the folder of a module of the release, once it was downloaded.
func (r *release) dir(path string) string {
	return filepath.Join(r.cache, filepath.FromSlash(path)+"@"+r.version)
}

// requirement returns the version of the root module that natsbroker requires.
func requirement(t *testing.T) string {
	t.Helper()
	for _, m := range requirements(t, natsDir) {
		if m.Path != rootPath {
			continue
		}
		if m.Version == "v0.0.0" {
			t.Fatalf("natsbroker requires the root module at %s, which is no release: see RELEASING.md", m.Version)
		}
		return m.Version
	}
	t.Fatalf("natsbroker does not require %s", rootPath)
	return ""
}

// requirements returns what the go.mod in dir requires.
func requirements(t *testing.T, dir string) (mods []module.Version) {
	t.Helper()
	name := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.Parse(name, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Require {
		mods = append(mods, r.Mod)
	}
	return mods
}

// serve puts the module in dir into the folder of a proxy, see
// https://go.dev/ref/mod#goproxy-protocol. pack writes its zip file.
func serve(t *testing.T, proxy string, m module.Version, dir string, pack func(*os.File) error) {
	t.Helper()
	folder := filepath.Join(proxy, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list":              m.Version + "\n",
		m.Version + ".info": fmt.Sprintf("{%q: %q}", "Version", m.Version),
		m.Version + ".mod":  string(goMod),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(folder, m.Version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := pack(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func fileURL(path string) string { return "file://" + filepath.ToSlash(path) }

// run runs a command in dir and returns what it prints.
func run(t *testing.T, dir string, env []string, command ...string) string {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(command, " "), err, out, &said)
	}
	return strings.TrimSpace(string(out))
}
