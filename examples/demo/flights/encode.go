package flights

import (
	"compress/gzip"
	"encoding/binary"
	"io"
)

// Encode writes the routes and flights of s, for Decode.
//
// The format is a gzip file of varints. It begins with the numbers of routes and
// flights. The columns follow one after the other, since similar values compress
// well. Routes: the origins, then the destinations, as indexes into the airports,
// then the miles. Flights: the minutes since the previous flight, then the
// delays, which may be negative, then the routes.
func Encode(w io.Writer, s *Set) error {
	indexes := make(map[string]int, len(s.Airports))
	for i, a := range s.Airports {
		indexes[a.Code] = i
	}
	var b []byte
	put := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }

	put(len(s.Routes))
	put(len(s.Flights))
	for _, r := range s.Routes {
		put(indexes[r.Origin])
	}
	for _, r := range s.Routes {
		put(indexes[r.Destination])
	}
	for _, r := range s.Routes {
		put(r.Miles)
	}
	before := 0
	for _, f := range s.Flights {
		put(f.Minute - before)
		before = f.Minute
	}
	for _, f := range s.Flights {
		b = binary.AppendVarint(b, int64(f.Delay))
	}
	for _, f := range s.Flights {
		put(f.Route)
	}

	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(b); err != nil {
		return err
	}
	return z.Close()
}
