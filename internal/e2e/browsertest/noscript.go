package browsertest

import (
	"net/http"
	"regexp"
	"strconv"

	"github.com/rivulet-go/rivulet/stream"
)

const noScriptCookie = "noscript"

// noScriptMode is the README's recipe for browsers that neither patch nor run
// scripts. The first page they see is refreshed by a meta element within
// noscript; from then on a cookie has pages sent in order.
func noScriptMode(r *http.Request) stream.Mode {
	if r.URL.Query().Has(noScriptCookie) {
		return stream.InOrder
	}
	if _, err := r.Cookie(noScriptCookie); err == nil {
		return stream.InOrder
	}
	return stream.OutOfOrder
}

var chromiumVersion = regexp.MustCompile(`"Chromium";v="(\d+)"`)

// needsNoScript says whether the page is to carry the meta element: current
// Chromium patches with scripting off too.
func needsNoScript(r *http.Request) bool {
	if m := chromiumVersion.FindStringSubmatch(r.Header.Get("Sec-CH-UA")); m != nil {
		major, _ := strconv.Atoi(m[1])
		if major >= 150 {
			return false
		}
	}
	return noScriptMode(r) == stream.OutOfOrder
}
