package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
)

// judges is the folder of the programs that judge pages: axe and html-validate.
var judges = filepath.Join("testdata", "valid")

// judged are the pages that are judged when all has arrived: those that are
// looked at, an answer of the chat, the inspector, which then has something to
// show, and what somebody sees who looks for nothing or in vain.
var judged = append(slices.Clone(looked), []struct{ path, complete string }{
	{"/airports/ATX", `document.title == "No airport ATX · Rivulet demo" && document.querySelectorAll(".states a").length > 0`},
	{"/search", `document.activeElement.id == "q"`},
	{"/search?q=nothingofthekind", `document.querySelectorAll(".rv-skeleton").length == 0`},
	inspector,
}...)

// A fault is what axe or html-validate finds.
type fault struct {
	Rule, Weight, Where, Why string
}

func (f fault) String() string {
	return fmt.Sprintf("%s (%s): %s\n\tat %s", f.Rule, f.Weight, f.Why, f.Where)
}

// TestThePagesAreAccessibleAndValid has axe judge the pages as a visitor sees
// them, and html-validate judge twice what they are made of: the page that
// the browser has in the end, which no chunk may have spoiled, and the bytes that
// somebody gets who asks with no browser, which no parser has mended yet. Chunks
// by themselves are not judged: a template may stand where the standard does not
// expect one.
func TestThePagesAreAccessibleAndValid(t *testing.T) {
	node := nodetest.Node(t, judges)
	axe, err := os.ReadFile(filepath.Join(judges, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site(someStock(t, flightsOf(t, 300), someModel(t))))
	defer server.Close()
	sign(t, server.URL, "Ada", "Hello")
	ctx := chromium(t)
	dir := t.TempDir()
	var paths []string // of the files in dir
	keep := func(t *testing.T, what, html string) {
		t.Helper()
		write(t, filepath.Join(dir, fmt.Sprintf("%d.html", len(paths))), []byte(html))
		paths = append(paths, what)
	}

	judge := func(t *testing.T, path string) {
		t.Helper()
		keep(t, "the page "+path, document(ctx, t))
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](string(axe))); err != nil {
			t.Fatal(err)
		}
		visible := map[int]string{} // by the width
		for _, shape := range shapes {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(shape.width), int64(shape.height)), prefer(shape.dark)); err != nil {
				t.Fatal(err)
			}
			unfold(ctx, t)
			sees, err := chromedp.Run(ctx, chromedp.Evaluate[string](seen))
			if err != nil {
				t.Fatal(err)
			}
			// Of the second scheme in a width, only the colours are new.
			first, again := visible[shape.width]
			if again && first != sees {
				t.Errorf("%d wide, dark %v: visible are\n%s\nwant as in the other scheme\n%s", shape.width, shape.dark, sees, first)
			}
			visible[shape.width] = sees
			for _, f := range barriers(ctx, t, again) {
				t.Errorf("%d wide, dark %v: %v", shape.width, shape.dark, f)
			}
		}
	}
	for _, p := range judged {
		t.Run(p.path, func(t *testing.T) {
			keep(t, "the bytes of "+p.path, whole(t, "GET", server.URL+p.path, ""))
			if err := chromedp.Do(ctx, leave(), visit(server.URL+p.path)); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, `!globalThis.left && document.readyState == "complete" && `+p.complete)
			judge(t, p.path)
		})
	}
	t.Run("an answer of /chat", func(t *testing.T) {
		keep(t, "the bytes of an answer", whole(t, "POST", server.URL+"/chat", "question=Why%3F"))
		if err := chromedp.Do(ctx, leave(), visit(server.URL+"/chat")); err != nil {
			t.Fatal(err)
		}
		await(ctx, t, `!globalThis.left && document.readyState == "complete" && !!document.getElementById("question")`)
		press(ctx, t, `document.getElementById("question").focus()`, "\r")
		await(ctx, t, `document.querySelectorAll(".answers .tally").length == 3 && document.readyState == "complete" &&
			[...document.querySelectorAll(".answers .tally")].every(e => /^\s*\d+ words\s*$/.test(e.textContent))`)
		judge(t, "/chat with an answer")
	})
	t.Run("html-validate", func(t *testing.T) {
		found := faults(t, node, dir)
		for i, path := range paths {
			for _, f := range found[fmt.Sprintf("%d.html", i)] {
				t.Errorf("%s: %v", path, f)
			}
		}
	})
}

// instruction is a processing instruction, of which a whole page has those that
// mark its live regions. html-validate cannot read them.
var instruction = regexp.MustCompile(`<\?[^>]*>`)

// whole asks for a page as a script does, which gets all of it at once. A page
// of which a part has failed is a page, too.
func whole(t *testing.T, method, url, form string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Dest", "empty")
	if form != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	jar, _ := cookiejar.New(nil) // the inspector's cookie is for what it redirects to
	client := http.Client{Jar: jar}
	r, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	html, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(string(html), "</html>") || strings.Contains(string(html), "<template for") {
		t.Fatalf("%s %s: %s, %v, want a whole page", method, url, r.Status, err)
	}
	return instruction.ReplaceAllString(string(html), "")
}

// document is the page as it stands, which includes what scripts have done.
func document(ctx context.Context, t *testing.T) string {
	t.Helper()
	html, err := chromedp.Run(ctx, chromedp.Evaluate[string](`"<!doctype html>\n" + document.documentElement.outerHTML`))
	if err != nil {
		t.Fatal(err)
	}
	return html
}

// unfold opens all that can be unfolded and has the page come to rest.
func unfold(ctx context.Context, t *testing.T) {
	t.Helper()
	await(ctx, t, `(async () => {
		document.querySelectorAll("details").forEach(d => d.open = true)
		await new Promise(rest => requestAnimationFrame(() => requestAnimationFrame(rest)))
		document.getAnimations().forEach(a => { try { a.finish() } catch { /* it never ends */ } })
		return true
	})()`)
}

// seen tells which kinds of elements are visible. A live page may get more of one.
const seen = `[...new Set([...document.body.querySelectorAll("*:not(svg *)")]
	.filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}))
	.map(e => e.localName + "#" + e.id + "." + e.className))].sort().join("\n")`

// barriers runs axe, which is there, on a page that has come to rest: all its
// rules, or those about colours.
func barriers(ctx context.Context, t *testing.T, colours bool) []fault {
	t.Helper()
	only := ""
	if colours {
		only = `, runOnly: ["color-contrast", "link-in-text-block"]`
	}
	ask := `(async () => {
		const {violations, passes} = await axe.run(document, {resultTypes: ["violations"]` + only + `})
		if (!passes.some(p => p.id == "color-contrast")) throw new Error("nothing was looked at")
		return JSON.stringify(violations.flatMap(v => v.nodes.map(n =>
			({Rule: v.id, Weight: n.impact, Where: n.html, Why: n.failureSummary}))))
	})()`
	var found []fault
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		r, err := cdp.Call(ctx, tab, runtime.Evaluate, runtime.EvaluateParams{Expression: ask, AwaitPromise: new(true), ReturnByValue: new(true)})
		if err != nil {
			return err
		}
		if r.ExceptionDetails != nil {
			return fmt.Errorf("axe: %+v", r.ExceptionDetails)
		}
		var list string
		if err := json.Unmarshal(r.Result.Value, &list); err != nil {
			return err
		}
		return json.Unmarshal([]byte(list), &found)
	}))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// faults runs html-validate on the files of a folder and returns what it finds,
// by the name of the file.
func faults(t *testing.T, node, dir string) map[string][]fault {
	t.Helper()
	list := filepath.Join(t.TempDir(), "faults.json")
	cmd := exec.CommandContext(t.Context(), node,
		filepath.Join(judges, "node_modules", "html-validate", "bin", "html-validate.mjs"),
		"--config", filepath.Join(judges, "rules.mjs"), "--formatter", "json="+list, dir)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	_ = cmd.Run() // its status tells what the list does
	said, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	var files []struct {
		FilePath string
		Messages []struct {
			RuleID, Message, Selector string
			Line, Column              int
		}
	}
	if err := json.Unmarshal(said, &files); err != nil {
		t.Fatalf("html-validate says %q: %v", said, err)
	}
	found := map[string][]fault{}
	for _, f := range files {
		for _, m := range f.Messages {
			name := filepath.Base(f.FilePath)
			found[name] = append(found[name], fault{m.RuleID, "html", fmt.Sprintf("%d:%d %s", m.Line, m.Column, m.Selector), m.Message})
		}
	}
	return found
}
