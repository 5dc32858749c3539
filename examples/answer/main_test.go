package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// joint stands between the pieces of a text that arrived apart.
var joint = regexp.MustCompile(`<\?start name="1"><\?end></template><!/><template for="1">`)

const chunk = `data: {"choices":[{"index":0,"delta":{"content":"It is 21 "}}]}` + "\n\n" + `data: {"choices":[{"index":0,"delta":{"content":"<degrees>."}}]}` + "\n\n"

// site serves the program before a server that answers so, and returns a function
// that asks it.
func site(t *testing.T, answers ...string) func(method, path, body string, header ...string) (int, http.Header, string) {
	t.Helper()
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer key" || !strings.Contains(string(body), `"stream":true`) {
			t.Errorf("the model was asked %v %s", r.Header, body)
		}
		answer := answers[n]
		n++
		if strings.Contains(answer, "sunny in Oslo") != strings.Contains(string(body), "sunny in Oslo") {
			t.Errorf("request %d to the model is %s", n, body)
		}
		if status, ok := strings.CutPrefix(answer, "429"); ok {
			w.WriteHeader(http.StatusTooManyRequests)
			answer = status
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	h := routes(&model{url: server.URL, name: "small", key: "key"})
	return func(method, path, body string, header ...string) (int, http.Header, string) {
		r := httptest.NewRequest(method, "http://site.example"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Header(), w.Body.String()
	}
}

func TestPages(t *testing.T) {
	form := url.Values{"question": {"weather?"}}.Encode()
	finish := func(reason string) string {
		return `data: {"choices":[{"index":0,"delta":{},"finish_reason":"` + reason + `"}]}` + "\n\ndata: [DONE]\n\n"
	}
	calls := `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]}}]}` + "\n\n" + finish("tool_calls")
	for _, tt := range []struct {
		name, path string
		answers    []string
		want       string
	}{
		{"an answer", "/", []string{chunk + finish("stop")}, "It is 21 &lt;degrees&gt;."},
		{"an answer on the page with the script", "/chat", []string{chunk + finish("stop")}, "It is 21 &lt;degrees&gt;."},
		{"an answer after a tool", "/tools", []string{calls, ": sunny in Oslo\n\n" + chunk + finish("stop")}, "It is 21 &lt;degrees&gt;."},
		{"what was said before a tool", "/tools", []string{chunk + calls, ": sunny in Oslo\n\n" + chunk + finish("stop")}, "It is 21 &lt;degrees&gt;.\n\nIt is 21 &lt;degrees&gt;."},
		{"a refusal after a tool", "/tools", []string{calls, ": sunny in Oslo\n\n" + `data: {"choices":[{"index":0,"delta":{"refusal":"I will not."}}]}` + "\n\n" + finish("stop")}, "I will not."},
		{"half a call", "/tools", []string{strings.Replace(calls, `"finish_reason":"tool_calls"`, `"finish_reason":"length"`, 1)}, "longer than allowed"},
		{"an answer that is cut by its limit", "/", []string{chunk + finish("length")}, "longer than allowed"},
		{"a filter", "/", []string{finish("content_filter")}, "no answer to this question"},
		{"a server with too much to do", "/", []string{"429"}, "Many people"},
		{"an answer that is cut off", "/", []string{chunk}, "was cut off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := site(t, tt.answers...)("POST", tt.path, form)
			body = joint.ReplaceAllString(body, "")
			if status/100 == 3 || !strings.Contains(body, tt.want) {
				t.Errorf("status %d, %s, want %q", status, body, tt.want)
			}
		})
	}
}

func TestRelays(t *testing.T) {
	const question = `{"question":"weather?"}`
	const end = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
	for _, tt := range []struct {
		name, method, path, body, origin string
		answers                          []string
		status                           int
		want                             string
	}{
		{"an answer", "POST", "/ask", question, "", []string{chunk + end}, 200, chunk + end},
		{"no question", "POST", "/ask", "{}", "", nil, 400, "Ask something."},
		{"too much to do", "POST", "/ask", question, "", []string{"429"}, 429, `"code":"busy"`},
		{"a page of another site", "POST", "/ask", question, "https://www.shop.example", nil, 403, ""},
		{"a page of another site that may", "POST", "/widget", question, "https://www.shop.example", []string{chunk + end}, 200, chunk + end},
		{"its preflight", "OPTIONS", "/widget", "", "https://www.shop.example", nil, 204, ""},
		{"a page of another site that may not", "POST", "/widget", question, "https://evil.example", nil, 403, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var header []string
			if tt.origin != "" {
				header = []string{"Origin", tt.origin, "Sec-Fetch-Site", "cross-site", "Access-Control-Request-Method", "POST"}
			}
			status, _, body := site(t, tt.answers...)(tt.method, tt.path, tt.body, header...)
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("status %d, %s, want %d, %q", status, body, tt.status, tt.want)
			}
		})
	}
}
