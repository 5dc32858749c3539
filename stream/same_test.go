package stream_test

import (
	"fmt"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/parts"
)

// TestSameBytes sends pages whose loads end at the same instants many times.
// Loads that others have started end between those: they were started some
// nanoseconds later.
func TestSameBytes(t *testing.T) {
	var awaits, all []templ.Component
	for i := range 12 {
		s := fmt.Sprint(i)
		one := slot(after(100*ms, html(s), slot(after(0, parts.Greet(s))), slot(after(130*ms, parts.Warn(s)))))
		switch i % 3 {
		case 1:
			one = slot(after(100*ms, parts.Warn(s), parts.Chart(s)))
		case 2:
			one = slot(failing(100*ms, errBoom))
		}
		awaits = append(awaits, one)
		all = append(all, one, slot(stream.Prerender(templ.Join(
			slot(after(100*ms, html(s+"a"))), slot(after(200*ms, parts.Chart(s+"b"))), waiting(100*ms, s),
		))))
	}
	// Under a limit the children of several Suspenses queue as they come.
	for _, tt := range []pageTest{
		{name: "without a limit", page: page(all...)},
		{name: "limit 3", rd: stream.Renderer{Limit: 3}, page: page(awaits...)},
		{name: "limit 1", rd: stream.Renderer{Limit: 1}, page: page(awaits...)},
		{name: "within the grace", rd: stream.Renderer{Grace: 150 * ms}, page: page(all...)},
		{name: "in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: page(all...)},
		{name: "complete", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(all...)},
		{name: "when all time out", rd: stream.Renderer{Timeout: 50 * ms}, page: page(all...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.transcript(t)
			for i := range 99 {
				if got := tt.transcript(t); got != want {
					t.Fatalf("response %d:\n%s\nwant that of the first:\n%s", i+2, got, want)
				}
			}
		})
	}
}
