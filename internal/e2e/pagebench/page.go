package pagebench

import (
	"fmt"
	"runtime"
	"time"
)

// A Page has boundaries. Everything around them is the same on all pages.
type Page struct {
	Name       string
	Boundaries []*Boundary
}

// A Boundary is a part of a page that is loaded: a list of rows, or a heading with
// further boundaries.
type Boundary struct {
	ID       string
	Delay    time.Duration // of the load; 0: one turn of the scheduler; Forever: it never ends
	Heading  text
	Rows     []text
	Children []*Boundary
}

// Forever is the delay of a load that never ends.
const Forever time.Duration = -1

// The pages of the benchmark. The boundaries of P10D end in a mixed order. PHold
// stays open.
var (
	P0    = Page{"P0", nil}
	P10   = Page{"P10", lists(10, 20)}
	P100  = Page{"P100", lists(100, 4)}
	P10D  = Page{"P10D", lists(10, 20, 50, 5, 45, 10, 40, 15, 35, 20, 30, 25)}
	Pnest = Page{"Pnest", nested("n", 3)}
	PHold = Page{"PHold", []*Boundary{{ID: "b0", Delay: Forever}}}
)

// Pages returns the pages that end.
func Pages() []Page { return []Page{P0, P10, P100, P10D, Pnest} }

// load returns b when its delay is over.
func (b *Boundary) load() *Boundary {
	switch b.Delay {
	case 0:
		runtime.Gosched()
	case Forever:
		select {}
	default:
		time.Sleep(b.Delay)
	}
	return b
}

// count returns the number of boundaries on all levels.
func count(bs []*Boundary) (n int) {
	for _, b := range bs {
		n += 1 + count(b.Children)
	}
	return n
}

// lists returns n boundaries with lists. The delays are in milliseconds.
func lists(n, rows int, delays ...time.Duration) []*Boundary {
	bs := make([]*Boundary, n)
	for i := range bs {
		bs[i] = list(fmt.Sprint("b", i), rows)
		if len(delays) > 0 {
			bs[i].Delay = delays[i] * time.Millisecond
		}
	}
	return bs
}

// nested returns three boundaries, each with three of the next level. Those of the
// last level are lists.
func nested(prefix string, levels int) []*Boundary {
	bs := make([]*Boundary, 3)
	for i := range bs {
		id := fmt.Sprint(prefix, i)
		if levels == 1 {
			bs[i] = list(id, 3)
			continue
		}
		bs[i] = &Boundary{
			ID: id,
			Heading: text{
				Title: fmt.Sprintf(`H%s "q" & <t>`, id),
				Text:  fmt.Sprintf("Part %s <em> salt & pepper", id),
			},
			Children: nested(id+".", levels-1),
		}
	}
	return bs
}

func list(id string, rows int) *Boundary {
	b := &Boundary{ID: id}
	for i := range rows {
		b.Rows = append(b.Rows, text{
			Title: fmt.Sprintf(`T%s.%d "q" & <t>`, id, i),
			Text:  fmt.Sprintf("Row %s.%d <em> fish & chips", id, i),
		})
	}
	return b
}
