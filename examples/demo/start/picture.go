package start

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// A Picture is a timeline as it is drawn.
type Picture struct {
	Mode stream.Mode
	Rows []Row
	End  time.Duration
}

// A Row is the shell or a boundary. Its spans follow one another.
type Row struct {
	Title string
	Spans []Span
	At    time.Duration // when it was sent; 0: not yet
	Note  string
}

// A Span is drawn as a bar of that class.
type Span struct {
	Class    string
	From, To time.Duration
}

// picture draws what has happened until now.
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

// x is a time as a place between 0 and 100, with room for a bar at the end.
func (p Picture) x(at time.Duration) float64 {
	if p.End == 0 {
		return 0
	}
	return 99.4 * float64(at) / float64(p.End)
}

func (p Picture) from(s Span) string { return number(p.x(s.From)) }

// wide is the width of a span: what took no time can be seen, too.
func (p Picture) wide(s Span) string { return number(max(p.x(s.To)-p.x(s.From), .6)) }

func number(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// sent says when a row was.
func (r Row) sent() string {
	if r.At == 0 {
		return "–"
	}
	return ms(r.At)
}

// said tells the mode.
func (p Picture) said() string {
	switch p.Mode {
	case stream.InOrder:
		return "How this page was sent to you: in order, each part when those above it had left"
	case stream.Complete:
		return "How this page was made: complete, so nothing was sent before the last part was ready"
	}
	return "How this page was sent to you: out of order, each part when it was ready"
}
