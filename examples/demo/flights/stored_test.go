package flights_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

func TestStored(t *testing.T) {
	s, err := flights.Stored()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Flights) != 300_000 || len(s.Routes) != 3356 || len(s.Airports) != 228 {
		t.Errorf("%d flights, %d routes, %d airports, want 300000, 3356 and 228", len(s.Flights), len(s.Routes), len(s.Airports))
	}
	// The first flight of the source.
	if f := s.Flights[0]; f.Minute != 1 || f.Delay != 33 || s.Routes[f.Route] != (flights.Route{Origin: "LAS", Destination: "PHL", Miles: 2176}) {
		t.Errorf("the first flight is %+v on %+v, want that of 0:01 from LAS to PHL, 33 minutes late", f, s.Routes[f.Route])
	}
	if !slices.IsSortedFunc(s.Flights, func(a, b flights.Flight) int { return a.Minute - b.Minute }) {
		t.Error("the flights are not in the order of their departure")
	}
}

func TestDecode(t *testing.T) {
	var b bytes.Buffer
	if err := flights.Encode(&b, known); err != nil {
		t.Fatal(err)
	}
	t.Run("reads what was encoded", func(t *testing.T) {
		got, err := flights.Decode(bytes.NewReader(b.Bytes()), known.Airports)
		if err != nil || !slices.Equal(got.Flights, known.Flights) || !slices.Equal(got.Routes, known.Routes) {
			t.Errorf("Decode() = %+v, %v, want %+v", got, err, known)
		}
	})
	t.Run("refuses what is cut short", func(t *testing.T) {
		for n := range b.Len() {
			if _, err := flights.Decode(bytes.NewReader(b.Bytes()[:n]), known.Airports); err == nil {
				t.Errorf("Decode() of the first %d of %d bytes has no error", n, b.Len())
			}
		}
	})
	t.Run("refuses airports that it does not know", func(t *testing.T) {
		if _, err := flights.Decode(bytes.NewReader(b.Bytes()), known.Airports[:1]); err == nil {
			t.Error("Decode() with one airport of three has no error")
		}
	})
}
