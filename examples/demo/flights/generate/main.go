// Command generate makes the embedded data of package flights from the npm
// package vega-datasets, which it fetches with npm:
//
//	go -C examples run ./demo/flights/generate
//
// The same command always makes the same files: the version is pinned, the
// fetched files are compared with known sums, and every tenth flight is taken.
package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/npm"
)

const (
	pkg      = "vega-datasets@3.2.1"
	every    = 10
	parquets = "package/data/flights-3m.parquet"
	airports = "package/data/airports.csv"
)

// sums are the SHA-256 sums of the files that are used.
var sums = map[string]string{
	parquets: "dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0",
	airports: "903c7169e6d558eefb95295fe2947ec8503135fbb855ea5c737cf4a90ea603ad",
}

func main() {
	if err := generate(filepath.FromSlash("demo/flights/data")); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes the files into dir.
func generate(dir string) error {
	files, err := npm.Files(pkg, sums)
	if err != nil {
		return err
	}
	s, err := sample(files[parquets])
	if err != nil {
		return err
	}
	if s.Airports, err = known(files[airports], s.Routes); err != nil {
		return err
	}
	var stored, names bytes.Buffer
	if err := flights.Encode(&stored, s); err != nil {
		return err
	}
	table := csv.NewWriter(&names)
	table.Write([]string{"iata", "name", "city", "state"})
	for _, a := range s.Airports {
		table.Write([]string{a.Code, a.Name, a.City, a.State})
	}
	table.Flush()
	if err := os.WriteFile(filepath.Join(dir, "flights.gz"), stored.Bytes(), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "airports.csv"), names.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%d flights, %d routes, %d airports: %d bytes\n",
		len(s.Flights), len(s.Routes), len(s.Airports), stored.Len()+names.Len())
	return nil
}

// A row is a row of the parquet file, which is sorted by date.
type row struct {
	Date        int64  `parquet:"date,optional"` // local, in microseconds
	Delay       int64  `parquet:"delay,optional"`
	Distance    int64  `parquet:"distance,optional"`
	Origin      string `parquet:"origin,optional"`
	Destination string `parquet:"destination,optional"`
}

// sample takes every tenth row, except the few rows after June. It numbers the
// routes by their frequency, so that frequent routes have short numbers.
func sample(file []byte) (*flights.Set, error) {
	rows, err := parquet.Read[row](bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	end := time.Date(2001, time.July, 1, 0, 0, 0, 0, time.UTC)
	var taken []row
	for i := 0; i < len(rows); i += every {
		if time.UnixMicro(rows[i].Date).Before(end) {
			taken = append(taken, rows[i])
		}
	}

	flown := map[flights.Route]int{}
	for _, r := range taken {
		flown[r.route()]++
	}
	s := &flights.Set{}
	for route := range flown {
		s.Routes = append(s.Routes, route)
	}
	slices.SortFunc(s.Routes, func(a, b flights.Route) int {
		return cmp.Or(flown[b]-flown[a], cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Destination, b.Destination))
	})
	numbers := map[flights.Route]int{}
	for i, route := range s.Routes {
		numbers[route] = i
	}
	for _, r := range taken {
		s.Flights = append(s.Flights, flights.Flight{
			Minute: int(time.UnixMicro(r.Date).Sub(flights.Epoch) / time.Minute),
			Delay:  int(r.Delay),
			Route:  numbers[r.route()],
		})
	}
	return s, nil
}

func (r row) route() flights.Route {
	return flights.Route{Origin: r.Origin, Destination: r.Destination, Miles: int(r.Distance)}
}

// known returns the airports of the routes, by their codes.
func known(file []byte, routes []flights.Route) (used []flights.Airport, err error) {
	all, err := flights.ReadAirports(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	uses := map[string]bool{}
	for _, r := range routes {
		uses[r.Origin], uses[r.Destination] = true, true
	}
	for _, a := range all {
		if uses[a.Code] {
			used = append(used, a)
		}
	}
	if len(used) != len(uses) {
		return nil, fmt.Errorf("%d of %d airports have a name", len(used), len(uses))
	}
	slices.SortFunc(used, func(a, b flights.Airport) int { return cmp.Compare(a.Code, b.Code) })
	return used, nil
}
