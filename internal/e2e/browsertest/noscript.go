package browsertest

import (
	"net/http"
	"regexp"
	"strconv"

	"github.com/rivulet-go/rivulet/stream"
)

const noScriptCookie = "noscript"

// noScriptMode is the README's recipe for browsers that neither patch nor run
// scripts. A meta element within noscript refreshes the first page. A cookie then
// makes further pages be sent in order.
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

// needsNoScript reports whether the page needs the meta element: current Chromium
// patches even with scripting off.
func needsNoScript(r *http.Request) bool {
	if m := chromiumVersion.FindStringSubmatch(r.Header.Get("Sec-CH-UA")); m != nil {
		major, _ := strconv.Atoi(m[1])
		if major >= 150 {
			return false
		}
	}
	return noScriptMode(r) == stream.OutOfOrder
}
