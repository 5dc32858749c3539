package main

import (
	"net/http"
	"net/url"
	"testing"
)

// sign signs the guest list as a form does.
func sign(t *testing.T, server, name, words string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm(server+"/board", url.Values{"name": {name}, "words": {words}})
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("POST /board = %s, want 303", r.Status)
	}
}
