package start

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// A Picture is a timeline in the form in which it is drawn.
type Picture struct {
	Mode stream.Mode
	Rows []Row
	End  time.Duration
}

// A Row is the shell or a boundary. Its spans follow one another.
type Row struct {
	Title string
	Spans []Span
	At    time.Duration // when it was sent; 0 if it was not
	Note  string
}

// A Span is a bar. Class is its class in the style sheet.
type Span struct {
	Class    string
	From, To time.Duration
}

// picture draws the events until now.
func (t *timeline) picture(now time.Duration) Picture {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := Picture{Mode: t.mode, End: now}
	if t.mode != stream.Complete {
		p.Rows = append(p.Rows, Row{
			Title: "Shell",
			Spans: []Span{{"shell", 0, t.shell}},
			At:    t.shell,
			Note:  fmt.Sprintf("%.1f KB, with the fallbacks", float64(t.bytes)/1000),
		})
	}
	for _, part := range parts {
		if b := t.bars[part.name]; b != nil {
			p.Rows = append(p.Rows, b.row(part.title))
		}
	}
	row := Row{Title: "This picture", Note: "waited for all others"}
	if b := t.bars[picture]; b != nil {
		row.Spans = []Span{{"waiting", b.Met, now}}
	}
	p.Rows = append(p.Rows, row)
	return p
}

func (b *bar) row(title string) Row {
	r := Row{Title: title, At: b.Sent}
	if b.Loading > b.Met {
		r.Spans = append(r.Spans, Span{"waiting", b.Met, b.Loading})
	}
	if b.Loaded > 0 {
		r.Spans = append(r.Spans, Span{"loading", b.Loading, b.Loaded})
	}
	if b.Sent > b.Loaded {
		r.Spans = append(r.Spans, Span{"waiting", b.Loaded, b.Sent})
	}
	r.Note = fmt.Sprintf("loaded for %s", ms(b.Loaded-b.Loading))
	switch {
	case b.Failed:
		r.Note = "failed"
	case b.InPlace && b.Sent > 0:
		r.Note += ", sent in place"
	}
	return r
}

// x converts a time to a position between 0 and 100. It leaves room for a bar at
// the end.
func (p Picture) x(at time.Duration) float64 {
	if p.End == 0 {
		return 0
	}
	return 99.4 * float64(at) / float64(p.End)
}

func (p Picture) from(s Span) string { return number(p.x(s.From)) }

// wide is the width of a span. Even a span of no time is visible.
func (p Picture) wide(s Span) string { return number(max(p.x(s.To)-p.x(s.From), .6)) }

func number(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// sent says when a row was sent.
func (r Row) sent() string {
	if r.At == 0 {
		return "–"
	}
	return ms(r.At)
}

// said describes the mode.
func (p Picture) said() string {
	switch p.Mode {
	case stream.InOrder:
		return "How this page was sent to you: in order, each part after the parts above it"
	case stream.Complete:
		return "How this page was made: complete, so nothing was sent before the last part was ready"
	}
	return "How this page was sent to you: out of order, each part when it was ready"
}
