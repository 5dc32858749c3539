package rivulet_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheCommandsExist finds the folders, the tests and the targets that the
// commands in the README and in docs name.
func TestTheCommandsExist(t *testing.T) {
	var targets string
	for _, makefile := range []string{"Makefile", "examples/starter/Makefile"} {
		text, err := os.ReadFile(makefile)
		if err != nil {
			t.Fatal(err)
		}
		targets += string(text)
	}
	goCommand := regexp.MustCompile(`go (?:-C (\S+) )?(?:run|test|vet)\b[^\n` + "`" + `]*?(\./[\w./]+)`)
	makeCommand := regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)\\b")
	for _, page := range docs(t) {
		raw, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for _, m := range goCommand.FindAllStringSubmatch(text, -1) {
			dir := filepath.Join(m[1], strings.TrimSuffix(m[2], "/..."))
			if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
				t.Errorf("%s: %q names %s, which is not there", page, m[0], dir)
			}
		}
		for _, m := range makeCommand.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(targets, "\n"+m[1]+":") {
				t.Errorf("%s: there is no make %s", page, m[1])
			}
		}
		for _, n := range namedTest.FindAllStringSubmatch(text, -1) {
			if !hasTest(t, n[1], n[2]) {
				t.Errorf("%s names %s of %s, which is not there", page, n[2], n[1])
			}
		}
	}
}
