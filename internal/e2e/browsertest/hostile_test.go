package browsertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// hostileScenarios are about HTML that users wrote, as sanitizers leave it: it
// makes the page ask for nothing, and stops nothing that is ours.
func hostileScenarios() []browsertest.Scenario {
	done := new(cleaned)
	all := []browsertest.Scenario{cleaning(done)}
	for _, policy := range []struct{ name, text string }{{"without a policy", ""}, {"under a policy", livePolicy}} {
		for _, sanitizer := range sanitizers {
			all = append(all, sanitized(done, "what "+sanitizer+" leaves commands nothing, "+policy.name, sanitizer, policy.text))
		}
	}
	return all
}

// sanitizers are the names of them, as clean.mjs and cleaning have them.
var sanitizers = []string{
	"DOMPurify",
	"sanitize-html",
	"sanitize-html with forms, ids and data attributes",
	"bluemonday",
	"bluemonday with data attributes",
}

// A cleaned is what the sanitizers have made of the hostile list, DOMPurify of it
// in the browser that is at work.
type cleaned struct {
	sync.Mutex
	by map[string][]string
}

// modules is the folder of the sanitizers that are npm packages.
var modules = filepath.Join("testdata", "sanitizers")

// cleaning has DOMPurify at work in the browser's own parser, and the others
// beside it.
func cleaning(done *cleaned) browsertest.Scenario {
	list := hostile()
	file := func(read func() ([]byte, error)) browsertest.File {
		return func(v *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
			v.Pass("packages")
			text, err := read()
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(text)
		}
	}
	return browsertest.Scenario{
		Name:  "sanitizers leave something of hostile HTML",
		Where: browsertest.Scripted,
		Page:  pages.Clean(),
		Files: map[string]browsertest.File{
			"purify.js": file(func() ([]byte, error) {
				return os.ReadFile(filepath.Join(modules, "node_modules", "dompurify", "dist", "purify.min.js"))
			}),
			"clean.js": file(func() ([]byte, error) {
				text, err := json.Marshal(list)
				return []byte(`fetch("clean", {method: "POST", body: JSON.stringify(` + string(text) + `.map(html => DOMPurify.sanitize(html)))})`), err
			}),
			"POST clean": func(v *browsertest.Visit, _ http.ResponseWriter, r *http.Request) {
				var clean []string
				if err := json.NewDecoder(r.Body).Decode(&clean); err != nil {
					v.Note(err.Error())
					return
				}
				done.Lock()
				done.by["DOMPurify"] = clean
				done.Unlock()
				v.Note("clean")
			},
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			node := nodetest.Node(t, modules)
			done.Lock()
			done.by = map[string][]string{}
			maps.Copy(done.by, sanitizedByNode(t, node, list))
			ugc, wide := bluemonday.UGCPolicy(), bluemonday.UGCPolicy()
			wide.AllowDataAttributes()
			for _, text := range list {
				done.by["bluemonday"] = append(done.by["bluemonday"], balanced(t, ugc.Sanitize(text)))
				done.by["bluemonday with data attributes"] = append(done.by["bluemonday with data attributes"], balanced(t, wide.Sanitize(text)))
			}
			done.Unlock()
			v.Open("packages")
			v.WaitNote("clean")
			done.Lock()
			defer done.Unlock()
			for _, name := range sanitizers {
				left := strings.Join(done.by[name], "")
				if len(done.by[name]) != len(list) || !strings.Contains(left, "harmless") {
					t.Errorf("%s leaves %d of %d strings", name, len(done.by[name]), len(list))
				}
				// What the scripts obey. A sanitizer that keeps these could not
				// be trusted with them.
				for _, order := range []string{"<!", "<?"} {
					if strings.Contains(left, order) {
						t.Errorf("%s leaves a %s", name, order)
					}
				}
			}
			// What they did obey once.
			left := strings.Join(done.by["DOMPurify"], "")
			for _, edge := range []string{`<template[^>]* data-r=`, `<p[^>]* data-r=`, `<form`, `<input[^>]* name=`} {
				if !regexp.MustCompile(edge).MatchString(left) {
					t.Errorf("DOMPurify leaves no %s: the list has lost its edge", edge)
				}
			}
		},
	}
}

// balanced is what a parser makes of a fragment: bluemonday filters tags and
// leaves them as unbalanced as they were.
func balanced(t *testing.T, text string) string {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, node := range nodes {
		if err := html.Render(&b, node); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func sanitizedByNode(t *testing.T, node string, list []string) (by map[string][]string) {
	t.Helper()
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "clean.mjs")
	cmd.Dir = modules
	cmd.Stdin = bytes.NewReader(text)
	cmd.Stderr = t.Output()
	said, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(said, &by); err != nil {
		t.Fatal(err)
	}
	return by
}

// commands are events that show that a page has obeyed.
func commands(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
	v.Note("obeyed: " + r.Host + " " + r.URL.String())
	w.Header().Set("Access-Control-Allow-Origin", "*")
	sse.Handler(func(ctx context.Context, s *sse.Stream) error {
		err := s.Send(sse.Event{ID: "x-2", Data: `<template for="box"><img src="x" onerror="note('obeyed: script')"></template>`})
		<-ctx.Done()
		return err
	}).ServeHTTP(w, r)
}

// sanitized is a page with what the sanitizer leaves of the hostile list.
func sanitized(done *cleaned, name, sanitizer, policy string) browsertest.Scenario {
	f := newFeed("first")
	box := f.region("box")
	written := func(ctx context.Context) []string {
		urls := strings.NewReplacer(
			evil, browsertest.Elsewhere(ctx, "evil"),
			strings.TrimPrefix(evil, "https:"), strings.TrimPrefix(browsertest.Elsewhere(ctx, "evil"), "http:"),
			evilHere, "evil",
		)
		done.Lock()
		defer done.Unlock()
		var all []string
		for _, text := range done.by[sanitizer] {
			all = append(all, urls.Replace(text))
		}
		return all
	}
	files := f.files(`Math.random = () => .01;`)
	files["evil"] = commands
	return browsertest.Scenario{
		Name:   name,
		Where:  browsertest.Scripted,
		Policy: policy,
		Page:   pages.Hostile(box, f.load, written),
		Files:  files,
		Watch: map[string]string{
			"open": "html[data-live=open] body > #box > .first", "written": "body > .written b",
			"a": "body > #a > b.a", "b": "body > #b > b.b", "c": "body > #c > b.c",
			"second": "body > #box > .second", "third": "html[data-live=open] body > #box > .third",
			"gone": "body > #box:has(> .second):not(:has(.first))", "pwned": "body > * > .pwned",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			done.Lock()
			ready := done.by[sanitizer] != nil
			done.Unlock()
			if !ready {
				t.Fatal("the scenario in which sanitizers are at work has to run first")
			}
			v.Wait("open", "written")
			v.Reveal("c", "b", "a")
			works(t, v, f, box)
			if slices.Contains(v.Seen(), "pwned") {
				t.Error("a template that users wrote was obeyed")
			}
		},
	}
}

// works checks that the box of a page goes on changing, and that nothing but its
// stream has been asked for.
func works(t *testing.T, v *browsertest.Visit, f *feed, box live.Region) {
	t.Helper()
	f.send(box.Append("second", pages.P(pages.Row{Key: "second", Text: "2"})), box.Remove("first"))
	v.Wait("second", "gone")
	// The page is fetched again, and the regions of all of it are looked at.
	f.set(func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) })
	v.WaitEnd()
	f.set(nil)
	f.send(box.Append("third", pages.P(pages.Row{Key: "third", Text: "3"})))
	v.Wait("third")
	v.WaitComplete()
	v.Picture()
	for _, note := range v.Notes() {
		if strings.HasPrefix(note, "obeyed") {
			t.Error(note)
		}
	}
}
