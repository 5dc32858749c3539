package browsertest_test

import (
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// oneTitle returns a selector that matches if the head has one title, of that class, and
// the body has none.
func oneTitle(class string) string {
	return `html:has(> head > title.` + class + `:only-of-type):not(:has(body title))`
}

var heads = []browsertest.Scenario{{
	Name: "a title changes with the view that sets it",
	Page: pages.Heads(),
	Watch: map[string]string{
		"own":       oneTitle("own") + ` .dots`,
		"parent":    oneTitle("parent") + ` b.parent`,
		"child":     oneTitle("child") + ` b.child`,
		"canonical": `html:has(> head > meta[name=description][content=child] ~ link[rel=canonical][href="/canonical"]):not(:has(meta[content=own])) b.child`,
	},
	Run: func(t *testing.T, v *browsertest.Visit) {
		head := func(want string) {
			if !v.Engine().Scripting {
				return
			}
			v.Dispatch("head")
			v.Picture()
			if notes := v.Notes(); len(notes) == 0 || notes[len(notes)-1] != want {
				t.Errorf("head = %q, want %q", notes, want)
			}
		}
		v.Wait("own")
		head("under test; 1; own; 0")
		v.Open("parent")
		if browsertest.Streamed(v.Engine()) {
			v.Wait("parent")
			head("parent & co; 1; own; 0")
		}
		v.Open("child")
		v.Wait("child")
		v.Wait("canonical")
		head("child <b> café; 1; child; /canonical; 0")
		if !browsertest.Streamed(v.Engine()) {
			return
		}
		if got, want := v.Seen(), []string{"own", "parent", "canonical", "child"}; !slices.Equal(sortLast(got, 2), want) {
			t.Errorf("Seen() = %q, want %q", got, want)
		}
	},
}}

// sortLast sorts the last n of names.
func sortLast(names []string, n int) []string {
	slices.Sort(names[max(0, len(names)-n):])
	return names
}
