package inspect_test

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/suspense"
)

// hostile are texts that would have an effect if they were not escaped: on the
// HTML parser, on the script, which uses ids, and on EventSource, for which each
// line is a field.
var hostile = []string{
	`</text></svg><script>hacked=1</script>`, `"><img src=x onerror=hacked=1 id=live name=getElementById>`,
	"\r\nevent: end\r\n\r\n", "\rdata: <b id=hacked>\r\revent: end\n\n", "<!--", "]]>", "<?start name=\"1\">", "</main><main id=live data-events=//evil.example>",
	"javascript:hacked=1", `<template for="1"><b id=hacked></b></template><!/>`, "\u2028\x00\xff",
}

func TestHostileTextsAreShownAsTheyAre(t *testing.T) {
	for _, text := range hostile {
		in := inspect.New(1)
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path, r.Method = "/"+text, text
		page := await(text, failing(0, errors.New(text)), suspense.Name(text))
		_ = inspected(in).Render(newRecorder(), r, page)
		for _, view := range []string{"?", "?id=1"} {
			body := get(in, "/"+view).Body.String()
			for _, part := range []string{"<script>hacked", "<img", "<main id=live", "<b id", `href="javascript:`} {
				if strings.Contains(body, part) {
					t.Errorf("%q on %s is %q", text, view, part)
				}
			}
			if strings.Contains(text, "<") && !strings.Contains(body, "&lt;") {
				t.Errorf("%q on %s is not shown", text, view)
			}
			for name, count := range fields(t, in, view) {
				if name != "data" && !(name == "event" && count == 1 && view == "?id=1") {
					t.Errorf("%q makes %d fields %q of the events of %s", text, count, name, view)
				}
			}
		}
		if body := get(in, "/?id=1&format=json").Body.String(); strings.ContainsAny(body, "<>\u2028") {
			t.Errorf("%q is HTML within JSON: %s", text, body)
		}
	}
}

// fields counts the fields of the first event, and of the second where there is
// an end, as EventSource tells them apart: by CR, LF or both.
func fields(t *testing.T, in *inspect.Inspector, view string) map[string]int {
	t.Helper()
	server := httptest.NewServer(in)
	defer server.Close()
	res, err := http.Get(in.URL(server.URL + "/" + view + "&events"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	found := map[string]int{}
	for lines := bufio.NewReader(res.Body); ; {
		line, err := lines.ReadString('\n')
		for _, line := range strings.Split(strings.TrimSuffix(line, "\n"), "\r") {
			if name, _, _ := strings.Cut(line, ":"); name != "" {
				found[name]++
			}
		}
		if err != nil || line == "\n" && (view == "?" || found["event"] > 0) {
			return found
		}
	}
}
