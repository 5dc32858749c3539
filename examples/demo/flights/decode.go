package flights

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// Decode reads the output of Encode. airports must be the same as for Encode.
func Decode(r io.Reader, airports []Airport) (*Set, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("flights: %w", err)
	}
	const most = 1 << 24 // largest number that is accepted
	c := columns{in: bufio.NewReader(z)}
	s := &Set{
		Airports: airports,
		Routes:   make([]Route, c.next(most)),
		Flights:  make([]Flight, c.next(most)),
	}
	for i := range s.Routes {
		s.Routes[i].Origin = c.airport(airports)
	}
	for i := range s.Routes {
		s.Routes[i].Destination = c.airport(airports)
	}
	for i := range s.Routes {
		s.Routes[i].Miles = c.next(most)
	}
	minute := 0
	for i := range s.Flights {
		minute += c.next(most)
		s.Flights[i].Minute = minute
	}
	for i := range s.Flights {
		s.Flights[i].Delay = c.signed()
	}
	for i := range s.Flights {
		s.Flights[i].Route = c.next(len(s.Routes))
	}
	c.end()
	if c.err != nil {
		return nil, fmt.Errorf("flights: %w", c.err)
	}
	return s, nil
}

// columns reads varints. After an error it reads zeros.
type columns struct {
	in  *bufio.Reader
	err error
}

var errRange = errors.New("number out of range")

// next reads a number below limit.
func (c *columns) next(limit int) int {
	if c.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(c.in)
	if err == nil && n >= uint64(limit) {
		err = errRange
	}
	if err != nil {
		c.err = err
		return 0
	}
	return int(n)
}

func (c *columns) signed() int {
	if c.err != nil {
		return 0
	}
	n, err := binary.ReadVarint(c.in)
	c.err = err
	return int(n)
}

func (c *columns) airport(airports []Airport) string {
	i := c.next(len(airports))
	if c.err != nil {
		return ""
	}
	return airports[i].Code
}

// end expects the end of the data, where gzip has its checksum.
func (c *columns) end() {
	if c.err != nil {
		return
	}
	switch _, err := c.in.ReadByte(); err {
	case io.EOF:
	case nil:
		c.err = errors.New("bytes after the last flight")
	default:
		c.err = err
	}
}

// ReadAirports reads a CSV file with a line of headings and the columns iata,
// name, city and state.
func ReadAirports(r io.Reader) (airports []Airport, err error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("flights: airports: %w", err)
	}
	for _, row := range rows[min(1, len(rows)):] {
		if len(row) < 4 {
			return nil, fmt.Errorf("flights: airports: %d columns in the line of %s, want 4", len(row), row[0])
		}
		airports = append(airports, Airport{row[0], row[1], row[2], row[3]})
	}
	return airports, nil
}
