// Command generate makes the embedded data of package movies from the npm
// package vega-datasets, which it fetches with npm:
//
//	go -C examples run ./demo/movies/generate
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/movies"
	"github.com/rivulet-go/rivulet/examples/demo/npm"
)

const (
	pkg  = "vega-datasets@3.2.1"
	name = "package/data/movies.json"
	sum  = "e63c499759e3b07b49563e036f55290f87feb56def8703ec049ca305ab1523d3"
)

func main() {
	if err := generate(filepath.FromSlash("demo/movies/data/movies.gz")); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes the file.
func generate(file string) error {
	files, err := npm.Files(pkg, map[string]string{name: sum})
	if err != nil {
		return err
	}
	var rows []row
	if err := json.Unmarshal(files[name], &rows); err != nil {
		return err
	}
	var list []movies.Movie
	for _, r := range rows {
		if m := r.movie(); m.Title != "" {
			list = append(list, m)
		}
	}
	var stored bytes.Buffer
	if err := movies.Encode(&stored, list); err != nil {
		return err
	}
	fmt.Printf("%d movies: %d bytes\n", len(list), stored.Len())
	return os.WriteFile(file, stored.Bytes(), 0o644)
}

// A row is one of the source. What is not known is null, and some titles are
// numbers.
type row struct {
	Title    any
	Release  string `json:"Release Date"`
	Genre    string `json:"Major Genre"`
	Director string
	Rating   float64 `json:"IMDB Rating"`
	Votes    int     `json:"IMDB Votes"`
}

// newest is the year in which the source was made. Dates with two digits for the
// year have become dates of our century there: 1946 stands as 2046.
const newest = 2011

func (r row) movie() movies.Movie {
	m := movies.Movie{Genre: r.Genre, Director: r.Director, Rating: r.Rating, Votes: r.Votes}
	if r.Title != nil {
		m.Title = fmt.Sprint(r.Title)
	}
	if released, err := time.Parse("Jan 02 2006", r.Release); err == nil {
		m.Year = released.Year()
	}
	if m.Year > newest {
		m.Year -= 100
	}
	return m
}
