package movies

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// A Movie is an entry of the data. Unknown values are zero.
type Movie struct {
	Title    string
	Year     int
	Genre    string
	Director string
	Rating   float64 // 0 to 10, by visitors of the IMDb
	Votes    int     // number of ratings
}

//go:embed data/movies.gz
var stored []byte

// Stored returns the embedded movies.
func Stored() ([]Movie, error) { return Decode(bytes.NewReader(stored)) }

// Encode writes movies as CSV, compressed by gzip. Each movie is a line with its
// fields in their order.
func Encode(w io.Writer, list []Movie) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	table := csv.NewWriter(z)
	for _, m := range list {
		table.Write([]string{m.Title, strconv.Itoa(m.Year), m.Genre, m.Director,
			strconv.FormatFloat(m.Rating, 'f', -1, 64), strconv.Itoa(m.Votes)})
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return err
	}
	return z.Close()
}

// Decode reads the output of [Encode].
func Decode(r io.Reader) (list []Movie, err error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("movies: %w", err)
	}
	table := csv.NewReader(z)
	table.FieldsPerRecord = 6
	for {
		fields, err := table.Read()
		if err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("movies: %w", err)
		}
		m := Movie{Title: fields[0], Genre: fields[2], Director: fields[3]}
		year, err1 := strconv.Atoi(fields[1])
		rating, err2 := strconv.ParseFloat(fields[4], 64)
		votes, err3 := strconv.Atoi(fields[5])
		if err1 != nil || err2 != nil || err3 != nil {
			return nil, fmt.Errorf("movies: %q has no numbers", m.Title)
		}
		m.Year, m.Rating, m.Votes = year, rating, votes
		list = append(list, m)
	}
}
