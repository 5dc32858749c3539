// go -C examples run ./htmx

// Command htmx shows Rivulet with htmx: boosted links, a table with pages, a fragment
// that comes in parts and has a panel that fails, a form in a boundary, and live rows that htmx makes work.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// The hashes of the files of htmx and of its extension hx-multipart.
const (
	integrity      = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
	partsIntegrity = "sha384-YnfszwuPFAjS7QF03ufZCzvyXzWiffAzovR02jqd2fnoPmjz5VTpExdmhOHoLbTB"
)

var (
	events broker.Broker
	topic  = events.Topic("notes")
	list   = live.Region{Name: "notes", URL: "/notes/events", Position: topic.Position}
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(new(shop))))
}

// asItComes streams to a script that reads a fragment as it comes: it names the prefix
// of the ids. Otherwise fragments are complete.
func asItComes(r *http.Request) stream.Mode {
	if r.Header.Get("Rivulet-Prefix") != "" {
		return stream.OutOfOrder
	}
	return stream.DefaultMode(r)
}

func routes(s *shop) http.Handler {
	rd := stream.Renderer{ErrorHandler: answer, Mode: asItComes}
	page := func(pattern string, c func(*http.Request) templ.Component) (string, http.Handler) {
		return pattern, rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			w.Header().Add("Vary", "Rivulet-Prefix")
			return c(r), nil
		})
	}
	mux := http.NewServeMux()
	mux.Handle(page("GET /{$}", func(r *http.Request) templ.Component { return OrdersPage(s, number(r)) }))
	mux.Handle(page("GET /notes", func(*http.Request) templ.Component { return NotesPage(s) }))

	// The requests of htmx have HX-Request, so fragments come part by part with
	// hx-multipart, and otherwise complete.
	mux.Handle(page("GET /orders", func(r *http.Request) templ.Component { return Orders(s, number(r)) }))
	mux.Handle(page("GET /report", func(*http.Request) templ.Component { return Report(s) }))
	mux.Handle(page("GET /stock", func(r *http.Request) templ.Component { return StockPage(s, city(r)) }))
	mux.Handle("GET /stock/in", rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		w.Header().Set("HX-Replace-Url", "/stock?city="+url.QueryEscape(city(r)))
		return Stock(s, city(r)), nil
	}))
	mux.Handle("GET /notes/{key}", rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		text, err := s.note(r.Context(), r.PathValue("key"))
		return Panel(text), err
	}))
	mux.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		if err := s.add(r.Context(), r.FormValue("text")); err != nil {
			slog.Error("a note is not shown on open pages", "error", err)
		}
		if r.Header.Get("HX-Request") == "" { // without script
			http.Redirect(w, r, "/notes", http.StatusSeeOther)
			return
		}
		_ = rd.Render(w, r, NoteForm("Ada"))
	})
	mux.Handle("GET /notes/events", topic.Handler())
	return http.NewCrossOriginProtection().Handler(mux)
}

// answer answers if a page was decided, or has failed, before its first byte. htmx
// would follow a redirect within its request, and put the login page into a panel.
func answer(w http.ResponseWriter, r *http.Request, err error) {
	var decided *stream.StatusError
	if !errors.As(err, &decided) {
		slog.Error("page failed", "path", r.URL.Path, "error", err)
		return
	}
	if decided.Location != "" && r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", decided.Location)
		w.Header().Del("Location")
		w.WriteHeader(http.StatusNoContent)
	}
}

// city returns the city that was chosen.
func city(r *http.Request) string { return cmp.Or(r.FormValue("city"), "Oslo") }

// number returns the number of the page of the table.
func number(r *http.Request) int {
	n, _ := strconv.Atoi(r.FormValue("page"))
	return max(n, 1)
}
