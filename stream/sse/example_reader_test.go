package sse_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func ExampleNewReader() {
	r := sse.NewReader(strings.NewReader("event: price\ndata: 3.20\nid: 7\n\ndata: one\ndata: two\n\n"))
	for {
		e, err := r.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%q %q %q\n", e.ID, e.Name, e.Data)
	}
	// Output:
	// "7" "price" "3.20"
	// "7" "" "one\ntwo"
	// EOF
}

func ExampleReader_Events() {
	r := sse.NewReader(strings.NewReader(": a comment\ndata: one\n\ndata: two\n\n"))
	for e, err := range r.Events() {
		if err != nil {
			fmt.Println(err) // never io.EOF
			return
		}
		fmt.Println(e.Data)
	}
	// Output:
	// one
	// two
}

func ExampleReader_LastEventID() {
	r := sse.NewReader(strings.NewReader("retry: 5000\nid: 7\n\n"))
	for range r.Events() {
		fmt.Println("this is never an event: it has no data")
	}
	wait, _ := r.Retry()
	fmt.Println(r.LastEventID(), wait)
	// Output: 7 5s
}

// MaxEventSize bounds the memory that a server can make a Reader take.
func ExampleErrEventTooLarge() {
	r := sse.NewReader(strings.NewReader("data: " + strings.Repeat("x", 1000) + "\n\n"))
	r.MaxEventSize = 100
	_, err := r.Next()
	fmt.Println(errors.Is(err, sse.ErrEventTooLarge), err)
	// Output: true sse: event too large: more than 100 bytes
}
