package main

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/chat"
)

var script = regexp.MustCompile(`(?s)<script.*?</script>`)

func TestThePolicyAllowsThePages(t *testing.T) {
	handler := site(someStock(t, nil, &chat.Endpoint{}))
	nonces := map[string]bool{}
	for _, url := range []string{"/lab", "/lab?mode=order", "/lab?mode=complete", "/lab?card=error&card.ms=1", "/chat", "/chat/fetch", "/board", "/search?q=star", "/search/htmx", "/source/lab", "/airports/XYZ", "/gallery", "/gallery?mode=order", "/gallery/no-script"} {
		t.Run(url, func(t *testing.T) {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
			policy, html := w.Header().Get("Content-Security-Policy"), w.Body.String()
			m := regexp.MustCompile(`script-src 'nonce-([^']+)'`).FindStringSubmatch(policy)
			if m == nil || nonces[m[1]] {
				t.Fatalf("policy = %q, want a nonce of its own", policy)
			}
			nonces[m[1]] = true
			for _, tag := range regexp.MustCompile(`<(script|style)\b[^>]*>`).FindAllString(html, -1) {
				if !regexp.MustCompile(`nonce="` + m[1] + `"`).MatchString(tag) {
					t.Errorf("%s does not carry the nonce %s", tag, m[1])
				}
			}
			if bad := regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)=[^>]*>`).FindString(script.ReplaceAllString(html, "")); bad != "" {
				t.Errorf("the policy forbids %s", bad)
			}
		})
	}
}
