package assets_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rivulet-go/rivulet/assets"
)

// The text of the script, for a page that writes the script itself: see
// stream.NoScript.
func ExampleUnsuspense() {
	element := "<script>" + assets.Unsuspense().Text + "</script>"
	fmt.Println(len(element) < 800)
	// Output: true
}

// The policy is the same for every response, so a proxy can set it, and the pages
// can be cached.
func ExampleUnsuspense_hash() {
	policy := "default-src 'self'; script-src 'self' " + assets.Unsuspense().Hash
	fmt.Println(strings.Contains(policy, " 'sha256-"), strings.HasSuffix(policy, "='"))
	// Output: true true
}

// The URL for stream.ExternalScript ends in the name.
func ExampleUnsuspense_name() {
	src := "/rivulet/" + assets.Unsuspense().Name
	fmt.Println(strings.HasPrefix(src, "/rivulet/unsuspense."), strings.HasSuffix(src, ".js"))
	// Output: true true
}

func ExampleHandler() {
	mux := http.NewServeMux()
	mux.Handle("GET /rivulet/", assets.Handler())

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/rivulet/"+assets.Unsuspense().Name, nil))
	fmt.Println(w.Code, w.Header().Get("Cache-Control"))
	// Output: 200 public, max-age=31536000, immutable
}

// The text of the script, for a page that writes the script itself: see
// live.Region.
func ExampleLive() {
	element := "<script>" + assets.Live().Text + "</script>"
	fmt.Println(len(element) < 7500)
	// Output: true
}

// The policy of a page with live regions allows both scripts, the connection and
// the Trusted Types policy of the script.
func ExampleLive_hash() {
	policy := "default-src 'none'; connect-src 'self'; script-src " + assets.Unsuspense().Hash + " " + assets.Live().Hash +
		"; require-trusted-types-for 'script'; trusted-types rivulet"
	fmt.Println(strings.Count(policy, " 'sha256-"))
	// Output: 2
}

// The URL for stream.ExternalScript, in the Script of a live.Region, ends in the
// name.
func ExampleLive_name() {
	src := "/rivulet/" + assets.Live().Name
	fmt.Println(strings.HasPrefix(src, "/rivulet/live."), strings.HasSuffix(src, ".js"))
	// Output: true true
}

// The policy of a page with htmx, which comes from a file, allows the script that
// starts it.
func ExampleStartHTMX() {
	policy := "script-src 'self' " + assets.Unsuspense().Hash + " " + assets.StartHTMX().Hash
	fmt.Println(strings.Count(policy, " 'sha256-"))
	// Output: 2
}
