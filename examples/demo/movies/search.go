package movies

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"unicode"
)

// A Hit is a movie that was found. Marked is its title, in which Start and End
// enclose each word that was searched for.
type Hit struct {
	Movie
	Marked string
}

// Start and End enclose a word in [Hit.Marked]. No title contains them.
const (
	Start = '\x01'
	End   = '\x02'
)

// Search yields the movies that have, for each word of query, a word that begins
// with it in the title, the director's name or the genre. It yields at most limit
// movies, the most relevant first. A query without a word finds all movies, the
// best known first.
func (db *DB) Search(ctx context.Context, query string, limit int) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		rows, err := db.search(ctx, query, limit)
		if err != nil {
			yield(Hit{}, fault(ctx, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var h Hit
			err := rows.Scan(&h.Title, &h.Marked, &h.Director, &h.Genre, &h.Year, &h.Rating, &h.Votes)
			if !yield(h, fault(ctx, err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Hit{}, fault(ctx, err))
		}
	}
}

func (db *DB) search(ctx context.Context, query string, limit int) (*sql.Rows, error) {
	if match := match(query); match != "" {
		return db.sql.QueryContext(ctx, `
			SELECT title, highlight(movie, 0, char(1), char(2)), director, genre, year, rating, votes
			FROM movie WHERE movie MATCH ? ORDER BY bm25(movie, 8, 4, 1), votes DESC LIMIT ?`, match, limit)
	}
	return db.sql.QueryContext(ctx, `
		SELECT title, title, director, genre, year, rating, votes FROM movie ORDER BY votes DESC LIMIT ?`, limit)
}

// Count returns the number of movies that Search would yield without a limit.
func (db *DB) Count(ctx context.Context, query string) (n int, err error) {
	if match := match(query); match != "" {
		err = db.sql.QueryRowContext(ctx, "SELECT count(*) FROM movie WHERE movie MATCH ?", match).Scan(&n)
	} else {
		err = db.sql.QueryRowContext(ctx, "SELECT count(*) FROM movie").Scan(&n)
	}
	return n, fault(ctx, err)
}

// match returns the query in the language of the index. Each word is in quotes,
// so that it is not taken for an operator, and matches as the beginning of a
// word.
func match(query string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(query, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) }) {
		fmt.Fprintf(&b, `"%s"* `, word)
	}
	return b.String()
}

// fault adds the package's name to err. If ctx has ended, fault returns its
// cause.
func fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("movies: %w", err)
}
