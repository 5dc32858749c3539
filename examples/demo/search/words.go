package search

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/movies"
)

// twins are the two pages.
var twins = []struct{ Title, Path string }{
	{"a script of our own", "/search"},
	{"htmx", "/search/htmx"},
}

// query returns the question as the query of an address.
func (q question) query() string {
	if q.Text == "" {
		return ""
	}
	return "?" + url.Values{"q": {q.Text}}.Encode()
}

// counted says how many movies were found.
func counted(n int, text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Sprintf("%d movies, the best known first.", n)
	case n == 0:
		return "No movie found."
	case n == 1:
		return "One movie."
	case n > shown:
		return fmt.Sprintf("%d movies, the first %d of them.", n, shown)
	}
	return fmt.Sprintf("%d movies.", n)
}

// marks replaces the marks of the database by HTML. Escaped text cannot contain
// them.
var marks = strings.NewReplacer(string(movies.Start), "<mark>", string(movies.End), "</mark>")

// title is a title with the marks of the database. It is not a templ component,
// which would put white space around a mark.
func title(marked string) templ.Component {
	return templ.Raw(marks.Replace(templ.EscapeString(marked)))
}

// about is the line below a title.
func about(m movies.Movie) string {
	switch {
	case m.Director == "" && m.Genre == "":
		return "director and genre not known"
	case m.Director == "":
		return m.Genre
	case m.Genre == "":
		return m.Director
	}
	return m.Director + " · " + m.Genre
}

// known formats a figure, or a dash if the figure is unknown.
func known[N int | float64](n N, format string) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf(format, n)
}

// thousands formats a number with a comma before every third digit.
func thousands(n int) string {
	if n < 1000 {
		return known(n, "%d")
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
