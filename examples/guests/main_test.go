package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestAGuestAppearsOnAnOpenPage(t *testing.T) {
	server := httptest.NewServer(routes(new(book)))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	// What the script makes of the page.
	found := regexp.MustCompile(`<\?live \w+ (\d+) ([^ >]+)>`).FindStringSubmatch(string(page))
	if found == nil {
		t.Fatalf("page = %s, want a region", page)
	}
	// Before the script has subscribed.
	resp, err = http.PostForm(server.URL+"/guests", url.Values{"name": {"Ada <3"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	client := sse.Client{URL: server.URL + found[2] + found[1]}
	for event, err := range client.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if want := "<li>Ada &lt;3</li>"; !strings.Contains(event.Data, want) {
			t.Errorf("event = %q, want it to contain %q", event.Data, want)
		}
		break
	}
}
