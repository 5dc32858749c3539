package browsertest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/testkit"
)

// A page with this many boundaries may take revealBudget ms longer than innerHTML
// with the same HTML. The benchmark fails if the budget is missed by more than a
// fifth.
const budgeted, revealBudget = 1000, 100

// BenchmarkReveal measures how long a browser takes to reveal n boundaries side by
// side, from the first byte of the chunks to the end of the layout; the same with
// the chunks in reverse; and how long it takes to parse and run a script that sets
// the same HTML by innerHTML. Loads of the three pages alternate. Each metric is the
// fastest load, since other programs on the machine only add to a load.
func BenchmarkReveal(b *testing.B) {
	for _, e := range []*browsertest.Engine{
		browsertest.Chromium(),
		browsertest.ChromiumRuntime(),
		browsertest.Firefox(),
		browsertest.WebKit(),
	} {
		b.Run(strings.ReplaceAll(e.Name, " ", "-"), func(b *testing.B) {
			browser := browsertest.Open(b, e)
			for _, n := range []int{100, 300, 1000, 3000, 10_000} {
				b.Run(strconv.Itoa(n), func(b *testing.B) {
					rounds := 9
					if n > 1000 {
						rounds = 3
					}
					for b.Loop() {
						ms := timeReveal(b, browser, n, rounds)
						b.ReportMetric(ms[0], "chunks-ms")
						b.ReportMetric(ms[1], "reversed-ms")
						b.ReportMetric(ms[2], "innerHTML-ms")
						if missed(n, ms) {
							b.Errorf("%s takes %.0f ms longer to reveal %d boundaries than to set innerHTML, want at most %d", e.Name, ms[0]-ms[2], n, revealBudget)
						}
					}
					b.ReportMetric(0, "ns/op") // which has the waits between the loads
				})
			}
		})
	}
}

// The pages that are compared: what follows the shell.
var revealPages = []func(n int) string{chunksOf, reversedOf, innerOf}

func missed(n int, ms []float64) bool {
	return n == budgeted && ms[0]-ms[2] > revealBudget*testkit.Slack
}

// timeReveal returns the times of the pages, in ms, after as many rounds and one
// more, which only warms the browser. If the budget is missed, there are up to twice
// as many rounds more.
func timeReveal(b *testing.B, browser *browsertest.Browser, n, rounds int) []float64 {
	b.Helper()
	loads := (rounds + 1) * len(revealPages)
	over := func(notes []string) bool {
		attempts := len(notes) / loads
		return len(notes) == attempts*loads && (attempts == 3 || attempts > 0 && !missed(n, fastest(b, notes)))
	}
	asked := 0
	ready := make(chan struct{}, 1)
	v := browser.Visit(b, &browsertest.Scenario{
		// The browser asks for one page after the other, so that nothing is shared.
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page := revealPages[asked%len(revealPages)]
			asked++
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			io.WriteString(w, shellOf(n))
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
			select {
			case <-ready:
				fmt.Fprintf(w, `<script>start = performance.now()</script>%s<script>end()</script></body></html>`, page(n))
			case <-r.Context().Done():
			}
		}),
		Files: map[string]browsertest.File{
			"POST ready": func(*browsertest.Visit, http.ResponseWriter, *http.Request) { ready <- struct{}{} },
			"POST took": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				ms, _ := io.ReadAll(r.Body)
				v.Note(string(ms))
				if over(v.Notes()) {
					io.WriteString(w, "over")
				}
			},
		},
	})
	for taken := 1; !over(v.Notes()); taken++ {
		v.WaitNotes(taken)
	}
	return fastest(b, v.Notes())
}

// fastest returns the time of the fastest load of each page, but for the first of
// each.
func fastest(b *testing.B, notes []string) []float64 {
	pages := len(revealPages)
	all := slices.Repeat([]float64{math.Inf(1)}, pages)
	for i, note := range notes[pages:] {
		ms, err := strconv.ParseFloat(note, 64)
		if err != nil {
			b.Error(err)
		}
		all[i%pages] = min(all[i%pages], ms)
	}
	return all
}

// shellOf is the page up to its chunks. They are sent when it has been painted.
func shellOf(n int) string {
	var s strings.Builder
	s.WriteString(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>under test</title></head><body><main>`)
	for i := range n {
		fmt.Fprintf(&s, `<?start name="%d"><p>Loading %[1]d</p><?end>`, i+1)
	}
	fmt.Fprintf(&s, `</main><script>%s</script><script>
let start;
const report = (kind, text) => fetch("reports", {method: "POST", body: JSON.stringify([{kind, text}])});
addEventListener("error", e => report("fault", e.message));
const end = async () => {
	document.body.offsetHeight; // forces the layout
	const took = performance.now() - start;
	if (document.querySelectorAll("main > ul").length != %d || document.querySelector("main > p")) {
		setTimeout(end); // not all are revealed
		return;
	}
	const answer = await fetch("took", {method: "POST", body: took});
	if (await answer.text() != "over") return location.reload();
	while (await (await fetch("orders", {cache: "no-store"})).text() != "leave");
	await report("leaves", "");
	location.replace("/next");
};
requestAnimationFrame(() => setTimeout(() => fetch("ready", {method: "POST"})));
</script>`, assets.Unsuspense().Text, n)
	return s.String()
}

func chunksOf(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, `<template for="%d">%s</template><!/>`, i+1, rowsOf(i+1))
	}
	return s.String()
}

func reversedOf(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, `<template for="%d">%s</template><!/>`, n-i, rowsOf(n-i))
	}
	return s.String()
}

func innerOf(n int) string {
	var s strings.Builder
	for i := range n {
		s.WriteString(rowsOf(i + 1))
	}
	text, _ := json.Marshal(s.String()) // which escapes <
	return `<script>document.querySelector("main").innerHTML = ` + string(text) + `</script>`
}

func rowsOf(i int) string {
	var s strings.Builder
	s.WriteString("<ul>")
	for row := range 4 {
		fmt.Fprintf(&s, `<li title="row %d of %d">Row %[1]d of %[2]d, fish &amp; chips</li>`, row+1, i)
	}
	s.WriteString("</ul>")
	return s.String()
}
