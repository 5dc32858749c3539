package board_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/stream"
)

// A site is a server with a board on it.
type site struct {
	*httptest.Server
	board *board.Board
	once  sync.Once // it ends
}

// newSite opens a board whose guests are in file.
func newSite(t *testing.T, file string) *site {
	t.Helper()
	b, err := board.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, b)
}

// serve serves a board, until the test ends or the site is told to.
func serve(t *testing.T, b *board.Board) *site {
	t.Helper()
	mux := http.NewServeMux()
	board.Register(mux, stream.Renderer{}, b)
	s := &site{Server: httptest.NewServer(b.Count(mux)), board: b}
	t.Cleanup(s.end)
	s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

func (s *site) end() {
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = s.board.Shutdown(ctx)
		s.Server.Close()
		_ = s.board.Close()
	})
}

// post signs, with headers in pairs, and returns the status and the page.
func (s *site) post(t *testing.T, name, words string, headers ...string) (*http.Response, string) {
	t.Helper()
	form := url.Values{"name": {name}, "words": {words}}.Encode()
	r, err := http.NewRequest("POST", s.URL+"/board", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.do(t, r)
}

func (s *site) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest("GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,*/*")
	return s.do(t, r)
}

func (s *site) do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := bufio.NewReader(resp.Body).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return resp, b.String()
}

func TestGuests(t *testing.T) {
	t.Run("a guest is led back and stays when the program is started again", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "not", "yet", "guests.json")
		s := newSite(t, file)
		resp, _ := s.post(t, " Ada \n", "a < b")
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || got != "/board#guests" {
			t.Errorf("POST = %s to %q, want 303 to /board#guests", resp.Status, got)
		}
		s.end()
		if _, html := newSite(t, file).get(t, "/board"); !strings.Contains(html, "<strong>Ada</strong>") || !strings.Contains(html, "a &lt; b") {
			t.Errorf("the page is %s, want Ada on it", html)
		}
	})
	t.Run("other sites cannot sign", func(t *testing.T) {
		s := newSite(t, filepath.Join(t.TempDir(), "guests.json"))
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
			if resp, _ := s.post(t, "Eve", "", header...); resp.StatusCode != http.StatusForbidden {
				t.Errorf("POST with %v = %s, want 403", header, resp.Status)
			}
		}
		if resp, _ := s.post(t, "Ada", "", "Sec-Fetch-Site", "same-origin"); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("POST = %s, want 303", resp.Status)
		}
	})
	for _, row := range []struct{ name, guest, words, want string }{
		{"a name is needed", " \x00\u200b", "x", "Please enter a name"},
		{"a name is not too long", strings.Repeat("é", 41), "x", "The name is too long"},
		{"words are not too long", "Ada", strings.Repeat("é", 161), "That is too long"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSite(t, filepath.Join(t.TempDir(), "guests.json"))
			resp, html := s.post(t, row.guest, row.words)
			if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, row.want) || !strings.Contains(html, `value="`+row.words+`"`) {
				t.Errorf("POST = %s, %s, want 422, %q and what was typed", resp.Status, html, row.want)
			}
		})
	}
	t.Run("a form is not too large", func(t *testing.T) {
		s := newSite(t, filepath.Join(t.TempDir(), "guests.json"))
		if resp, _ := s.post(t, strings.Repeat("a", 10_000), ""); resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("POST = %s, want 413", resp.Status)
		}
	})
	t.Run("nobody signs more than ten times a minute", func(t *testing.T) {
		s := newSite(t, filepath.Join(t.TempDir(), "guests.json"))
		for i := range 10 {
			if resp, _ := s.post(t, "Ada "+strconv.Itoa(i), ""); resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("POST %d = %s, want 303", i, resp.Status)
			}
		}
		if resp, html := s.post(t, "Ada", "typed"); resp.StatusCode != http.StatusTooManyRequests || !strings.Contains(html, `value="typed"`) {
			t.Errorf("POST = %s, %s, want 429 and what was typed", resp.Status, html)
		}
	})
	t.Run("a file that cannot be read is an error", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "guests.json")
		if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := board.Open(file); err == nil {
			t.Error("Open() succeeded, want an error")
		}
	})
}

func TestWhoIsSubscribedIsToldOfGuests(t *testing.T) {
	s := newSite(t, filepath.Join(t.TempDir(), "guests.json"))
	resp, err := s.Client().Get(s.URL + "/board/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s.post(t, "Ada", "")
	s.post(t, "Grace", "")
	const want = `<template id="guests.2" for="guests.start">`
	for lines := bufio.NewScanner(resp.Body); ; {
		if !lines.Scan() {
			t.Fatalf("the stream ended: %v", lines.Err())
		}
		if strings.Contains(lines.Text(), want) {
			break
		}
	}
}

func TestRequestsVisitorsAndVisitsAreCounted(t *testing.T) {
	s := newSite(t, filepath.Join(t.TempDir(), "guests.json"))
	first, _ := s.get(t, "/board")
	cookies := first.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("the first page comes with %v, want one cookie that no script reads", cookies)
	}
	s.get(t, "/board")
	s.get(t, "/elsewhere")
	r := s.board.Report()
	f, visits := r.Figures, r.Visits
	if f.Visitors != 2 {
		t.Errorf("Visitors = %d, want 2 that had no cookie", f.Visitors)
	}
	sum := 0
	for _, n := range f.Requests {
		sum += n
	}
	if sum != 3 {
		t.Errorf("Requests = %d, want 3", sum)
	}
	if len(visits) != 1 || visits[0].Page.Path != "/board" {
		t.Errorf("Visits = %v, want the last one of the board and none of what is not there", visits)
	}
}
