package main

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

// ask requests a page, or a fragment as htmx does.
func ask(t *testing.T, s *shop, method, target, body string, htmx bool) (w *httptest.ResponseRecorder) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if htmx {
			r.Header.Set("HX-Request", "true")
		}
		w = httptest.NewRecorder()
		routes(s).ServeHTTP(w, r)
	})
	return w
}

func TestHTMX(t *testing.T) {
	for _, tc := range []struct {
		name, target string
		htmx         bool
		status       int
		want, not    []string
	}{
		{"a page streams and starts htmx last", "/", false, 200,
			[]string{`<?start name="1"><`, `<template for="1"`, "Order 1<", assets.StartHTMX().Text + "</script>"}, nil},
		{"a boosted link gets a whole page", "/?page=2", true, 200,
			[]string{"<title>Orders</title>", "Order 4<", `hx-get="/orders?page=3"`}, []string{"<template for", "<?start"}},
		{"a page of the table comes alone", "/orders?page=2", true, 200,
			[]string{"Order 4<", `hx-get="/orders?page=3"`}, []string{"<html", "<template for"}},
		{"a fragment with a failed panel is a 200", "/report", true, 200,
			[]string{"12 orders", "rv-error"}, []string{"no model"}},
		{"a form comes in a chunk", "/notes", false, 200,
			[]string{`<template for="1"><form method="post" action="/notes" hx-post="/notes"`}, nil},
		{"a note that does not exist is a 404", "/notes/7", true, 404, nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(t, new(shop), "GET", tc.target, "", tc.htmx)
			if w.Code != tc.status {
				t.Errorf("status = %d, want %d", w.Code, tc.status)
			}
			for _, want := range tc.want {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("body = %s\nwant %s", w.Body, want)
				}
			}
			for _, not := range tc.not {
				if strings.Contains(w.Body.String(), not) {
					t.Errorf("body = %s\nwant no %s", w.Body, not)
				}
			}
		})
	}

	t.Run("the fragment comes in parts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/report", nil)
			r.Header.Set("HX-Request", "true")
			r.Header.Set("HX-Request-Type", "partial")
			r.Header.Set("Accept", "text/html, multipart/mixed, multipart/parallel")
			w := httptest.NewRecorder()
			routes(new(shop)).ServeHTTP(w, r)
			_, params, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
			parts := multipart.NewReader(w.Body, params["boundary"])
			// The last part takes the notice away.
			for _, want := range []string{"<tr data-rv-part=", "12 orders", "rv-error", "<tr><td>Ada</td></tr>", ""} {
				part, err := parts.NextPart()
				if err != nil {
					t.Fatal(err)
				}
				if text, _ := io.ReadAll(part); !strings.Contains(string(text), want) {
					t.Errorf("a part is %s, want %s", text, want)
				}
			}
			if _, err := parts.NextPart(); err != io.EOF {
				t.Errorf("behind the last part comes %v, want the end", err)
			}
		})
	})

	t.Run("a form is answered with a form, and without htmx with a redirect", func(t *testing.T) {
		s := new(shop)
		form := url.Values{"text": {"<3"}}.Encode()
		if w := ask(t, s, "POST", "/notes", form, true); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "<form") {
			t.Errorf("POST = %d %s, want the form", w.Code, w.Body)
		}
		if w := ask(t, s, "POST", "/notes", form, false); w.Code != http.StatusSeeOther {
			t.Errorf("POST = %d, want 303", w.Code)
		}
		if w := ask(t, s, "GET", "/notes", "", false); !strings.Contains(w.Body.String(), `<button hx-get="/notes/1" hx-target="#note">`) {
			t.Errorf("the page is %s, want a row with attributes for htmx", w.Body)
		}
		if w := ask(t, s, "GET", "/notes/1", "", true); w.Body.String() != "<p>&lt;3</p>" {
			t.Errorf("the note is %s", w.Body)
		}
	})

	t.Run("the URL of the page names the filter, so a refresh keeps it", func(t *testing.T) {
		s := new(shop)
		s.asked.Add(1) // the next load fails
		w := ask(t, s, "GET", "/stock/in?city=Rome", "", true)
		if !strings.Contains(w.Body.String(), `data-refresh="left"`) {
			t.Fatalf("the fragment is %s, want a link that tries again", w.Body)
		}
		synctest.Test(t, func(t *testing.T) {
			r := httptest.NewRequest("GET", w.Header().Get("HX-Replace-Url"), nil)
			r.Header.Set("Rivulet", "left")
			if page := streamtest.Do(t, routes(s), r); !strings.Contains(page.HTML, "3 left in Rome") {
				t.Errorf("tried again, it is %s", page)
			}
		})
	})

	t.Run("htmx is told of a redirect by a header", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("HX-Request", "true")
		w := httptest.NewRecorder()
		w.Header().Set("Location", "/login")
		answer(w, r, stream.Redirect("/login", http.StatusSeeOther))
		if w.Code != http.StatusNoContent || w.Header().Get("HX-Redirect") != "/login" || w.Header().Get("Location") != "" {
			t.Errorf("answer = %d %v", w.Code, w.Header())
		}
	})
}
