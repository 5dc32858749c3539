package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestAMessageIsShownOnce(t *testing.T) {
	server := httptest.NewServer(routes())
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	read := func(resp *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		page, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	// The client follows the redirect to the page.
	page := read(client.PostForm(server.URL+"/orders", url.Values{"article": {"tea"}}))
	if want := "Thank you for tea."; !strings.Contains(page, want) {
		t.Errorf("page = %s, want it to contain %q", page, want)
	}
	for range 3 {
		if page := read(client.Get(server.URL)); strings.Contains(page, "Thank you") {
			t.Errorf("page = %s, want it without a message", page)
		}
	}
}
