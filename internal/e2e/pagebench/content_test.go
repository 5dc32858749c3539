package pagebench_test

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
)

func TestProgramsSendTheSameContent(t *testing.T) {
	for _, page := range pagebench.Pages() {
		t.Run(page.Name, func(t *testing.T) {
			want := answer(t, pagebench.Plain, page)
			for _, program := range []pagebench.Program{pagebench.HandMade, pagebench.Guarded, pagebench.InPlace, pagebench.Suspended} {
				if got, _ := settle(answer(t, program, page)); got != want {
					t.Errorf("%s: the page is\n%s\nwant\n%s", program.Name, got, want)
				}
			}
		})
	}
}

// The elements in the slots come in any order.
func TestSlotsHaveTheSameElements(t *testing.T) {
	for _, page := range pagebench.Pages() {
		got := elements(answer(t, pagebench.Slots, page))
		if want := elements(answer(t, pagebench.Plain, page)); !slices.Equal(got, want) {
			t.Errorf("%s: the elements are\n%q\nwant\n%q", page.Name, got, want)
		}
	}
}

func TestSuspendedSendsAChunkForEachBoundary(t *testing.T) {
	for _, page := range pagebench.Pages() {
		for _, program := range []pagebench.Program{pagebench.HandMade, pagebench.Guarded, pagebench.Suspended} {
			if _, n := settle(answer(t, program, page)); n < len(page.Boundaries) {
				t.Errorf("%s: %s sends %d chunks, want at least %d", page.Name, program.Name, n, len(page.Boundaries))
			}
		}
	}
}

// answer returns what a program sends to a browser.
func answer(t *testing.T, program pagebench.Program, page pagebench.Page) (body string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := httptest.NewRequest("GET", "/"+page.Name, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		program.Handler(page).ServeHTTP(w, r)
		if got, want := w.Header().Get("Content-Type"), "text/html; charset=utf-8"; got != want {
			t.Errorf("%s: Content-Type = %q, want %q", program.Name, got, want)
		}
		body = w.Body.String()
	})
	return body
}

var (
	script   = regexp.MustCompile(`(?s)<script>.*?</script>`)
	chunk    = regexp.MustCompile(`(?s)<template for="([^"]*)">(.*?)</template><!/>`)
	boundary = regexp.MustCompile(`(?s)<\?start name="([^"]*)">.*?<\?end>`)
	element  = regexp.MustCompile(`<(a|h1|h3|li)\b.*?</`)
)

// settle returns the page with each chunk in its place, and the number of chunks.
func settle(body string) (page string, n int) {
	chunks := map[string]string{}
	for _, m := range chunk.FindAllStringSubmatch(body, -1) {
		chunks[m[1]] = m[2]
	}
	page = script.ReplaceAllString(chunk.ReplaceAllString(body, ""), "")
	for boundary.MatchString(page) {
		page = boundary.ReplaceAllStringFunc(page, func(s string) string {
			return chunks[boundary.FindStringSubmatch(s)[1]]
		})
	}
	return page, len(chunks)
}

// elements returns links, headings and rows, sorted.
func elements(body string) []string {
	found := element.FindAllString(body, -1)
	slices.Sort(found)
	return found
}
