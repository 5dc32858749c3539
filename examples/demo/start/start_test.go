package start_test

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/start"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestThePageDrawsItsOwnTimeline(t *testing.T) {
	db := few(t)
	for _, row := range []struct {
		url, caption string
		rows         int
		at           *regexp.Regexp // when the parts were sent
	}{
		{"/", "out of order, each part when it was ready", 7, regexp.MustCompile(`<td class="figure">\d+ ms</td>`)},
		{"/?mode=order", "in order, each part after the parts above it", 7, regexp.MustCompile(`<td class="figure">\d+ ms</td>`)},
		{"/?mode=complete", "complete, so nothing was sent", 6, nil},
	} {
		t.Run(row.url, func(t *testing.T) {
			html := get(t, db, row.url)
			if !strings.Contains(html, row.caption) {
				t.Errorf("the page is\n%s\nwant it to say %q", html, row.caption)
			}
			_, picture, _ := strings.Cut(html, `<table class="picture`)
			if got := strings.Count(picture, `<th scope="row">`); got != row.rows {
				t.Errorf("the picture has %d rows, want %d:\n%s", got, row.rows, picture)
			}
			if row.at != nil && len(row.at.FindAllString(picture, -1)) != row.rows-1 {
				t.Errorf("the picture is\n%s\nwant the time of all rows but its own", picture)
			}
		})
	}
}

func TestAPictureIsDrawnAlthoughPartsFail(t *testing.T) {
	db := few(t)
	db.Close()
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	for _, url := range []string{"/", "/?mode=order"} {
		t.Run(url, func(t *testing.T) {
			html := get(t, db, url)
			_, picture, _ := strings.Cut(html, `<table class="picture`)
			if got := strings.Count(picture, ">failed<"); got != 4 {
				t.Errorf("the picture shows %d failed parts, want 4:\n%s", got, picture)
			}
		})
	}
}

// get asks for a page.
func get(t *testing.T, db *flights.DB, url string) string {
	t.Helper()
	mux := http.NewServeMux()
	start.Register(mux, stream.Renderer{}, db)
	return streamtest.Get(t, mux, url).HTML
}

// few is a database of every thousandth of the stored flights.
func few(t *testing.T) *flights.DB {
	t.Helper()
	s, err := flights.Stored()
	if err != nil {
		t.Fatal(err)
	}
	var some []flights.Flight
	for i := 0; i < len(s.Flights); i += 1000 {
		some = append(some, s.Flights[i])
	}
	s.Flights = some
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
