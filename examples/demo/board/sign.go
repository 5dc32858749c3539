package board

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
)

const (
	longestName  = 40   // characters
	longestWords = 160  // characters
	largestForm  = 8192 // bytes
)

// An entry is the input of a visitor, with its fault.
type entry struct{ Name, Words, Fault string }

// sign adds a guest and redirects to the page. It shows the page with the fault
// if there is one.
func (b *Board) sign(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
	r.Body = http.MaxBytesReader(w, r.Body, largestForm)
	if err := r.ParseForm(); err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return Page(b, entry{Fault: "The form is too large."}), nil
	}
	e := entry{Name: clean(r.PostForm.Get("name")), Words: clean(r.PostForm.Get("words"))}
	switch {
	case e.Name == "":
		e.Fault = "Please enter a name. Any name will do."
	case utf8.RuneCountInString(e.Name) > longestName:
		e.Fault = fmt.Sprintf("The name is too long: %d characters at most.", longestName)
	case utf8.RuneCountInString(e.Words) > longestWords:
		e.Fault = fmt.Sprintf("That is too long: %d characters at most.", longestWords)
	}
	if e.Fault != "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return Page(b, e), nil
	}
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	if !b.limit.allows(from, time.Now()) {
		e.Fault = fmt.Sprintf("Too many entries: %d a minute are allowed. Please try again later.", perMinute)
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
		return Page(b, e), nil
	}
	if err := b.book.sign(r.Context(), Guest{Name: e.Name, Words: e.Words, At: time.Now()}); err != nil {
		slog.ErrorContext(r.Context(), "board: a guest is not kept", "error", err)
		e.Fault = "The list cannot be reached now. Check whether you are on it before you try again."
		w.Header().Set("Retry-After", "10")
		w.WriteHeader(http.StatusServiceUnavailable)
		return Page(b, e), nil
	}
	// A committed change is published even if the visitor has left.
	if err := b.tell(context.WithoutCancel(r.Context())); err != nil {
		slog.WarnContext(r.Context(), "board: a guest is published later", "error", err)
	}
	http.Redirect(w, r, "/board#guests", http.StatusSeeOther)
	return nil, nil
}

// clean returns text on one line without invisible characters.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
