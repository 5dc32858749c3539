package rivulet_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheNamesExist finds the exported names that the README and docs have, such as
// stream.Handler, in their packages.
func TestTheNamesExist(t *testing.T) {
	packages := map[string]map[string]bool{}
	for _, dir := range []string{
		"stream", "stream/sse", "stream/sse/llm", "stream/broker", "stream/broker/natsbroker", "stream/inspect", "stream/streamtest",
		"suspense", "suspense/live", "templates", "assets",
	} {
		packages[filepath.Base(dir)] = namesOf(t, dir)
	}
	name := regexp.MustCompile(`(^|[^\w./-])([a-z]+)\.([A-Z]\w*)`)
	for _, page := range docs(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range name.FindAllStringSubmatch(string(text), -1) {
			if names, ok := packages[m[2]]; ok && !names[m[3]] {
				t.Errorf("%s: there is no %s.%s", page, m[2], m[3])
			}
		}
	}
}
