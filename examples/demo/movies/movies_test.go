package movies_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/movies"
)

var few = []movies.Movie{
	{"The Shining", 1980, "Horror", "Stanley Kubrick", 8.5, 177762},
	{"Barry Lyndon", 1975, "Drama", "Stanley Kubrick", 8.1, 39909},
	{"Amélie", 2001, "Comedy", "Jean-Pierre Jeunet", 8.5, 181085},
	{"Shine", 1996, "Drama", "Scott Hicks", 7.6, 22439},
}

func TestSearch(t *testing.T) {
	db, err := movies.Open(t.Context(), few)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, row := range []struct {
		name, query string
		want        []string
	}{
		{"the beginning of a word is enough", "shin", []string{"Shine", "The Shining"}},
		{"every word must be found", "shin kub", []string{"The Shining"}},
		{"accents and case do not matter", "AMELIE", []string{"Amélie"}},
		{"genres are found", "drama", []string{"Shine", "Barry Lyndon"}},
		{"nothing is found in the middle of a word", "hining", nil},
		{"operators are words", `shin OR barry`, nil},
		{"quotes are no words", `"barry" ("`, []string{"Barry Lyndon"}},
		{"columns are not asked by name", "title:shine", nil},
		{"without a word all are found, the best known first", " *\x00'-", []string{"Amélie", "The Shining", "Barry Lyndon", "Shine"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			for h, err := range db.Search(t.Context(), row.query, 10) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, h.Title)
			}
			want := slices.Clone(row.want)
			if strings.Contains(row.query, "dram") || row.query == "shin" {
				slices.Sort(got) // how relevant is up to the index
				slices.Sort(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("Search(%q) = %q, want %q", row.query, got, want)
			}
			if n, err := db.Count(t.Context(), row.query); n != len(want) || err != nil {
				t.Errorf("Count(%q) = %d, %v, want %d", row.query, n, err, len(want))
			}
		})
	}
	t.Run("what was searched for is marked", func(t *testing.T) {
		for h := range db.Search(t.Context(), "shini", 1) {
			if want := "The \x01Shining\x02"; h.Marked != want || h.Movie != few[0] {
				t.Errorf("Search() = %q, %v, want %q, %v", h.Marked, h.Movie, want, few[0])
			}
		}
	})
	t.Run("no more than the limit", func(t *testing.T) {
		n := 0
		for range db.Search(t.Context(), "", 2) {
			n++
		}
		if n != 2 {
			t.Errorf("Search() yields %d, want 2", n)
		}
	})
	t.Run("it ends with its context", func(t *testing.T) {
		left := errors.New("the visitor has left")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(left)
		for _, err := range db.Search(ctx, "shine", 10) {
			if !errors.Is(err, left) {
				t.Errorf("Search() = %v, want %v", err, left)
			}
		}
		if _, err := db.Count(ctx, "shine"); !errors.Is(err, left) {
			t.Errorf("Count() = %v, want %v", err, left)
		}
	})
}

func TestEncode(t *testing.T) {
	var b bytes.Buffer
	if err := movies.Encode(&b, few); err != nil {
		t.Fatal(err)
	}
	if got, err := movies.Decode(&b); err != nil || !slices.Equal(got, few) {
		t.Errorf("Decode() = %v, %v, want %v", got, err, few)
	}
}

func TestStored(t *testing.T) {
	list, err := movies.Stored()
	if err != nil || len(list) != 3200 {
		t.Fatalf("Stored() = %d movies, %v, want 3200", len(list), err)
	}
	for _, m := range list {
		if m.Title == "" || strings.ContainsAny(m.Title, "\x01\x02") || m.Year < 0 || m.Year > 2011 || m.Rating > 10 {
			t.Errorf("%+v is not what a movie looks like", m)
		}
	}
}
