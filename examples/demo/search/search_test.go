package search_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/movies"
	"github.com/rivulet-go/rivulet/examples/demo/search"
	"github.com/rivulet-go/rivulet/stream"
)

func TestSearch(t *testing.T) {
	db, err := movies.Open(t.Context(), []movies.Movie{
		{Title: "The Shining", Year: 1980, Genre: "Horror", Director: "Stanley Kubrick", Rating: 8.5, Votes: 177762},
		{Title: "Tom & <Jerry>"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mux := http.NewServeMux()
	var mode stream.Mode // of the last response
	search.Register(mux, stream.Renderer{Trace: &stream.Trace{
		Start: func(_ context.Context, _ *http.Request, m stream.Mode) context.Context { mode = m; return nil },
	}}, db)
	get := func(path, q string) string {
		t.Helper()
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path+"?q="+url.QueryEscape(q), nil))
		if w.Code != http.StatusOK {
			t.Fatalf("GET %s = %d", path, w.Code)
		}
		return w.Body.String()
	}
	has := func(t *testing.T, html string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(html, w) {
				t.Errorf("the page is\n%s\nwant it to hold %s", html, w)
			}
		}
	}
	t.Run("a page has its results", func(t *testing.T) {
		has(t, get("/search", "shin"), "The <mark>Shining</mark>", "One movie.", "Came with the page.", `value="shin"`)
		if mode != stream.OutOfOrder {
			t.Errorf("the page is sent %v, want out of order", mode)
		}
	})
	t.Run("what is fetched is sent whole, also where browsers do not say that it is", func(t *testing.T) {
		html := get("/search/results", "shin")
		has(t, html, "The <mark>Shining</mark>", "One movie.", "sent whole")
		if mode != stream.Complete {
			t.Errorf("the results are sent %v, want complete", mode)
		}
		for _, never := range []string{"<?start", "<template", "<script", "<html"} {
			if strings.Contains(html, never) {
				t.Errorf("the results hold %s: %s", never, html)
			}
		}
	})
	t.Run("nothing breaks out of what it is in", func(t *testing.T) {
		has(t, get("/search", `<b>"jerry"`), `value="&lt;b&gt;&#34;jerry&#34;"`)
		has(t, get("/search/results", "jerry"), "Tom &amp; &lt;<mark>Jerry</mark>&gt;", "not known", "–")
	})
	t.Run("nothing is found", func(t *testing.T) {
		has(t, get("/search", "nothing"), "No movie found.")
	})
	t.Run("what is too long is cut", func(t *testing.T) {
		has(t, get("/search", strings.Repeat("é", 1000)), `value="`+strings.Repeat("é", 50)+`"`)
	})
	t.Run("htmx and its licence come from the program", func(t *testing.T) {
		has(t, get("/search/htmx/htmx.min.js", ""), `"4.0.1"`)
		has(t, get("/search/htmx/LICENSE", ""), "Zero-Clause BSD")
		has(t, get("/search/htmx", "shin"), `data-hx-get="/search/results"`, `src="/search/htmx/htmx.min.js"`)
	})
}
