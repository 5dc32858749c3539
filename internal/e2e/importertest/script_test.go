package importertest

import (
	archive "archive/zip"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// TestReleaseScript releases a copy of the working tree. The script has built
// importers of the files of that tree, and those of the tags are the same.
func TestReleaseScript(t *testing.T) {
	repo := copyOfTree(t)
	const version = "v0.98.0"
	release := func(version string) (string, error) {
		cmd := exec.Command("sh", "scripts/release.sh", version)
		cmd.Dir, cmd.Env = repo, append(os.Environ(), identity...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	refused := func(version, why string) {
		t.Helper()
		if out, err := release(version); err == nil || !strings.Contains(out, why) {
			t.Errorf("release.sh %s: %v, %q, want it refused: %s", version, err, out, why)
		}
	}
	refused("0.98.0", "usage")
	stray := filepath.Join(repo, "stray.go")
	if err := os.WriteFile(stray, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(version, "not committed")
	if err := os.Remove(stray); err != nil {
		t.Fatal(err)
	}

	out, err := release(version)
	if err != nil {
		t.Fatalf("release.sh %s: %v\n%s", version, err, out)
	}
	const pushes = "git push origin HEAD " + version + "\ngit push origin stream/broker/natsbroker/" + version + "\n"
	if !strings.HasSuffix(out, pushes) {
		t.Errorf("release.sh prints %q, want %q at the end", out, pushes)
	}
	if built := regexp.MustCompile(`(?m)^ok\s+\S+/importertest\s+[0-9.]+s$`); !built.MatchString(out) {
		t.Errorf("release.sh prints %q, want that it has built importers", out)
	}
	refused(version, "exists")
	if left := run(t, repo, nil, "git", "status", "--porcelain"); left != "" {
		t.Errorf("release.sh leaves %s", left)
	}
	for _, tag := range []string{version, "stream/broker/natsbroker/" + version} {
		if got, want := run(t, repo, nil, "git", "rev-parse", tag), run(t, repo, nil, "git", "rev-parse", "HEAD"); got != want {
			t.Errorf("the tag %s is %s, want the release %s", tag, got, want)
		}
	}
	changelog, err := os.ReadFile(filepath.Join(repo, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(changelog), "## [Unreleased]\n\n## [0.98.0] - 2") {
		t.Error("CHANGELOG.md lacks the heading of the release")
	}

	for path, dir := range map[string]string{rootPath: "", natsPath: strings.TrimPrefix(natsDir, root+"/")} {
		m := module.Version{Path: path, Version: version}
		tagged := packed(t, func(f *os.File) error {
			return zip.CreateFromVCS(f, m, repo, strings.TrimPrefix(dir+"/"+version, "/"), dir)
		})
		built := packed(t, func(f *os.File) error { return zip.CreateFromDir(f, m, filepath.Join(repo, dir)) })
		license := path + "@" + version + "/LICENSE" // that of the root, if a module has none
		if _, ok := built[license]; !ok {
			delete(tagged, license)
		}
		if !maps.Equal(tagged, built) {
			t.Errorf("the tag of %s has the files %q, and importers were built of %q", path, slices.Sorted(maps.Keys(tagged)), slices.Sorted(maps.Keys(built)))
		}
		if text := tagged[path+"@"+version+"/go.mod"]; path == natsPath && !strings.Contains(text, rootPath+" "+version) {
			t.Errorf("natsbroker does not require the release of the root module:\n%s", text)
		}
	}
}

// packed returns the texts of the files of a module, by their names.
func packed(t *testing.T, pack func(*os.File) error) map[string]string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "module.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := pack(f); err != nil {
		t.Fatal(err)
	}
	r, err := archive.OpenReader(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files := make(map[string]string)
	for _, file := range r.File {
		text, err := fs.ReadFile(r, file.Name)
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = string(text)
	}
	return files
}

// identity lets git commit on any machine.
var identity = []string{
	"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@importer.test", "GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@importer.test",
}

// copyOfTree returns a repository with one commit: the files of the working tree
// that git knows or would add.
func copyOfTree(t *testing.T) string {
	t.Helper()
	repo := t.TempDir()
	for name := range strings.SplitSeq(run(t, root, nil, "git", "ls-files", "-co", "--exclude-standard"), "\n") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(repo, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, repo, identity, "git", "init", "-q", "-b", "main")
	run(t, repo, identity, "git", "add", ".")
	run(t, repo, identity, "git", "commit", "-q", "-m", "The tree")
	return repo
}
