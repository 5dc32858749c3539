package assets_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rivulet-go/rivulet/assets"
)

// The script by itself, for a page that brings its own: see stream.NoScript().
func ExampleScript() {
	element := "<script>" + assets.Script() + "</script>"
	fmt.Println(len(element) < 800)
	// Output: true
}

// The policy is the same for every response, so that it can be set by a proxy,
// and pages with it can be cached.
func ExampleScriptHash() {
	policy := "default-src 'self'; script-src 'self' " + assets.ScriptHash()
	fmt.Println(strings.Contains(policy, " 'sha256-"), strings.HasSuffix(policy, "='"))
	// Output: true true
}

// The URL to give to stream.ExternalScript.
func ExampleScriptName() {
	src := "/rivulet/" + assets.ScriptName()
	fmt.Println(strings.HasPrefix(src, "/rivulet/unsuspense."), strings.HasSuffix(src, ".js"))
	// Output: true true
}

func ExampleHandler() {
	mux := http.NewServeMux()
	mux.Handle("GET /rivulet/", assets.Handler())

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/rivulet/"+assets.ScriptName(), nil))
	fmt.Println(w.Code, w.Header().Get("Cache-Control"))
	// Output: 200 public, max-age=31536000, immutable
}

// The script by itself, for a page that brings its own: see suspense.Region.
func ExampleLiveScript() {
	element := "<script>" + assets.LiveScript() + "</script>"
	fmt.Println(len(element) < 2300)
	// Output: true
}

// What a page with live regions needs beside what a page without needs.
func ExampleLiveScriptHash() {
	policy := "default-src 'none'; connect-src 'self'; script-src " + assets.ScriptHash() + " " + assets.LiveScriptHash() +
		"; require-trusted-types-for 'script'; trusted-types rivulet"
	fmt.Println(strings.Count(policy, " 'sha256-"))
	// Output: 2
}

// The URL to give to stream.ExternalScript, for the Script of a suspense.Region.
func ExampleLiveScriptName() {
	src := "/rivulet/" + assets.LiveScriptName()
	fmt.Println(strings.HasPrefix(src, "/rivulet/live."), strings.HasSuffix(src, ".js"))
	// Output: true true
}
