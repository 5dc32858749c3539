package repotest

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const root = "../../.."

// files returns the files of the tree whose path ends in one of the patterns of
// git, relative to the root.
func files(t *testing.T, patterns ...string) []string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"ls-files", "-co", "--exclude-standard", "--"}, patterns...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	return strings.Fields(string(out))
}

// parse reads a YAML file. A key that stands twice is an error.
func parse(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func TestEachYAMLFileIsOne(t *testing.T) {
	list := files(t, "*.yml", "*.yaml")
	if len(list) < 5 {
		t.Errorf("the tree has the YAML files %q, want those of .github", list)
	}
	for _, name := range list {
		var content map[string]any
		parse(t, name, &content)
		if len(content) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

func TestEveryModuleIsKeptUpToDate(t *testing.T) {
	var config struct {
		Version int
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
			Schedule    struct{ Interval string }
		}
	}
	parse(t, ".github/dependabot.yml", &config)
	if config.Version != 2 {
		t.Errorf("the version of dependabot.yml is %d, want 2", config.Version)
	}
	got := map[string][]string{}
	for _, u := range config.Updates {
		if u.Schedule.Interval == "" {
			t.Errorf("the updates of %s have no interval", u.Ecosystem)
		}
		got[u.Ecosystem] = append(u.Directories, u.Directory)
	}
	for ecosystem, file := range map[string]string{"gomod": "go.mod", "npm": "package.json"} {
		have := slices.DeleteFunc(got[ecosystem], func(dir string) bool { return dir == "" })
		var want []string
		for _, name := range files(t, file, "*/"+file) {
			want = append(want, path.Join("/", path.Dir(name)))
		}
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("dependabot.yml updates %s in %q, want %q", ecosystem, have, want)
		}
	}
	if !slices.Contains(got["github-actions"], "/") {
		t.Error("dependabot.yml does not update the actions of the workflows")
	}
}

func TestWorkflowsRunWhatContributorsRun(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Strategy struct {
				Matrix struct {
					System, Go []string
					Include    []struct{ System, Go string }
				}
			}
			RunsOn string `yaml:"runs-on"`
			Steps  []struct{ Uses, Run string }
		}
	}
	parse(t, ".github/workflows/ci.yml", &workflow)
	job, ok := workflow.Jobs["run"]
	if !ok {
		t.Fatal("ci.yml has no job run")
	}
	var runs bool
	for _, s := range job.Steps {
		runs = runs || s.Run == ".ci/run"
	}
	if !runs {
		t.Error("ci.yml does not run .ci/run")
	}
	m := job.Strategy.Matrix
	if lowest := strings.TrimSuffix(directive(t), ".0") + ".x"; len(m.Go) < 2 || !slices.Contains(m.Go, lowest) {
		t.Errorf("ci.yml runs Go %q, want two versions with %q, the lowest that go.mod allows", m.Go, lowest)
	}
	systems := m.System
	for _, i := range m.Include {
		systems = append(systems, i.System)
	}
	if !slices.ContainsFunc(systems, func(s string) bool { return strings.HasSuffix(s, "-arm") }) {
		t.Errorf("ci.yml runs on %q, want one with arm64", systems)
	}
}

// directive returns the version of Go in the root's go.mod.
func directive(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\ngo ")
	version, _, _ := strings.Cut(rest, "\n")
	return version
}

func TestAFaultIsReportedWithItsSurroundings(t *testing.T) {
	var form struct {
		Name, Description string
		Body              []struct {
			Type, ID    string
			Validations struct{ Required bool }
		}
	}
	parse(t, ".github/ISSUE_TEMPLATE/fault.yml", &form)
	required := map[string]bool{}
	for _, field := range form.Body {
		required[field.ID] = field.Validations.Required
	}
	for _, id := range []string{"browser", "proxy", "go", "templ", "rivulet"} {
		if !required[id] {
			t.Errorf("the form of a fault does not require %s", id)
		}
	}
}

func TestGeneratedFilesAreMarked(t *testing.T) {
	check := func(want string, names []string) {
		if len(names) == 0 {
			t.Fatal("no files")
		}
		cmd := exec.Command("git", append([]string{"check-attr", "linguist-generated", "--"}, names...)...)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); !strings.HasSuffix(line, ": "+want) {
				t.Errorf("git check-attr: %s, want %s", line, want)
			}
		}
	}
	check("set", files(t, "*_templ.go", "assets/*.min.js", "*.sum", "*package-lock.json"))
	check("unspecified", files(t, "*.templ", "assets/live.js", "stream/*_test.go"))
	for _, name := range files(t, "*.go") {
		if strings.HasSuffix(name, "_templ.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err == nil && strings.HasPrefix(string(text), "// Code generated ") {
			check("set", []string{name})
		}
	}
}
