package browsertest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"github.com/rivulet-go/rivulet/stream"
)

// TestLateRedirectsAreParsed sends a redirect behind markup that was flushed, and
// asks a parser whether its element stands in the document.
func TestLateRedirectsAreParsed(t *testing.T) {
	targets := []string{"/new", `/?a=1&amp=2&b="c"&d='e'&f=<g>`, "/a;url=/b", "/ä b", "/?a=" + strings.Repeat("&lt;", 10_000), "https://example.com/?u=https://site/'"}
	for _, open := range []string{
		"", "<p><b>", "<table><tr>", "<table><tr><td>", "<ul><li>", "<svg><g>", "<math><mi>", "<button>", "<select><option>", "<title>", "<textarea>", "<style>",
		"<noscript>", "<template>", "<div><template shadowrootmode=open><p>", "<template><select>", "<template><textarea>", "<svg><style>", "<svg><title>", "<template><svg><title>",
	} {
		for _, target := range targets {
			decides := templ.ComponentFunc(func(context.Context, io.Writer) error { return stream.Redirect(target, http.StatusSeeOther) })
			w := httptest.NewRecorder()
			stream.Handler(stream.Component(templ.Join(templ.Raw("<!doctype html><title>a</title><body>"+open), templ.Flush(), decides))).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			got, err := refreshIn(w.Body.String())
			var e *stream.StatusError
			errors.As(stream.Redirect(target, http.StatusSeeOther), &e)
			if want := strings.ReplaceAll(e.Location, "'", "%27"); err != nil || got != want {
				t.Errorf("behind %q: redirect to %.100q, %v, want %.100q\n%.300s", open, got, err, want, w.Body)
			} else if _, err := url.Parse(got); err != nil {
				t.Errorf("behind %q: %v", open, err)
			}
		}
	}
}

// refreshIn returns the target of the refresh in page that a browser follows.
func refreshIn(page string) (target string, err error) {
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(true))
	if err != nil {
		return "", err
	}
	err = errors.New("no refresh")
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "meta" || n.Namespace != "" || len(n.Attr) != 2 || n.Attr[0].Val != "refresh" {
			continue
		}
		for up := n.Parent; up != nil; up = up.Parent {
			if up.Data == "template" {
				return "", errors.New("a refresh in a template")
			}
		}
		after, ok := strings.CutPrefix(n.Attr[1].Val, "0;url='")
		target, rest, end := strings.Cut(after, "'")
		if !ok || !end || rest != "" {
			return "", errors.New("an odd refresh: " + n.Attr[1].Val)
		}
		return target, nil
	}
	return "", err
}
