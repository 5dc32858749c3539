package dashboard_test

import (
	"context"
	"html"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/dashboard"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestDashboard(t *testing.T) {
	mux := http.NewServeMux()
	var mode stream.Mode // of the last response
	dashboard.Register(mux, stream.Renderer{Trace: &stream.Trace{
		Start: func(_ context.Context, _ *http.Request, m stream.Mode) context.Context { mode = m; return nil },
	}}, few(t))
	get := func(url string) string {
		t.Helper()
		page := streamtest.Get(t, mux, url)
		if page.Status != http.StatusOK || strings.Contains(page.HTML, "could not be loaded") {
			t.Fatalf("GET %s: %s", url, page)
		}
		return page.HTML
	}

	t.Run("a link changes one choice and keeps the others", func(t *testing.T) {
		page := get("/dashboard?mode=order&limit=2&month=3&airport=JFK")
		for _, want := range []string{
			`/dashboard?airport=JFK&limit=2&month=3`,            // out of order
			`/dashboard?airport=JFK&mode=order&month=3`,         // no limit
			`/dashboard?airport=JFK&limit=2&mode=order`,         // all months
			`/dashboard?airport=JFK&limit=2&mode=order&month=5`, // May
		} {
			if !strings.Contains(html.UnescapeString(page), `href="`+want+`"`) {
				t.Errorf("page does not link to %s", want)
			}
		}
	})
	t.Run("the form carries the other choices along", func(t *testing.T) {
		page := get("/dashboard?mode=order&limit=2&month=3&airport=JFK")
		form := regexp.MustCompile(`(?s)<form.*</form>`).FindString(page)
		for _, want := range []string{`name="mode" value="order"`, `name="limit" value="2"`, `name="month" value="3"`, `<option value="JFK" selected>`} {
			if !strings.Contains(form, want) {
				t.Errorf("form = %.300s\nwant it to hold %s", form, want)
			}
		}
	})
	t.Run("what it does not know is as if it were not there", func(t *testing.T) {
		page := get(`/dashboard?mode=sideways&limit=-3&grace=9999999&month=13&haul=x&airport=%3Cscript%3E`)
		if strings.Contains(html.UnescapeString(page), "/dashboard?airport") || !strings.Contains(page, `<option value="ORD" selected>`) {
			t.Error("page is not the usual one")
		}
	})
	t.Run("the mode is what was chosen", func(t *testing.T) {
		for chosen, want := range map[string]stream.Mode{"": stream.OutOfOrder, "order": stream.InOrder, "complete": stream.Complete} {
			page := streamtest.Get(t, mux, "/dashboard?mode="+chosen)
			if mode != want || len(page.Chunks) > 0 && want != stream.OutOfOrder {
				t.Errorf("page of mode %q is sent %v, want %v", chosen, mode, want)
			}
		}
	})
	t.Run("a month without anything to show is a page all the same", func(t *testing.T) {
		get("/dashboard?mode=complete&month=6&haul=2")
	})
}

// few is a database of the flights of the first days of January.
func few(t *testing.T) *flights.DB {
	t.Helper()
	s, err := flights.Stored()
	if err != nil {
		t.Fatal(err)
	}
	s.Flights = s.Flights[:2000]
	file := filepath.Join(t.TempDir(), "flights.sqlite")
	if err := flights.Create(t.Context(), file, s, nil); err != nil {
		t.Fatal(err)
	}
	db, err := flights.OpenFile(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
