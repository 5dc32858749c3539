package stream_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/assets"
)

// A wireClient does with the bytes of a response what a browser does: it puts
// the content of each template between the markers of its name.
type wireClient struct {
	doc     string
	markers map[string]bool // that have been seen
	filled  []string        // the ids of the chunks, in their order
	notices map[string]bool // the ids of what shows while something is pending
	taken   bool            // the last notice was taken away
	heads   map[string]bool // the ids of what shows the value of the head
	renewed map[string]bool // those that the current write has renewed
	changed bool            // the value of the head has changed
	script  bool
	prefix  string // of all ids
}

var (
	startMarker = regexp.MustCompile(`<\?start name="([^"]*)">`)
	wirePath    = regexp.MustCompile(`^(\.[1-9]\d*|[1-9]\d*(\.[1-9]\d*)*)$`)
)

const (
	headStart   = "<html><head>"
	headEnd     = "</head><body>"
	valueStart  = "<value"            // of all values of the head
	noticeText  = "<notice></notice>" // all that is in a fallback that is a notice
	noticeStart = "<?notice>"

	chunkStart = `<template for="`
	chunkEnd   = `</template><!/>`
	endMarker  = `<?end>`
)

// receive applies one write, which holds whole chunks only.
func (c *wireClient) receive(write string) error {
	c.renewed = map[string]bool{}
	for write != "" {
		text, rest, isChunk := strings.Cut(write, chunkStart)
		if err := c.text(text); err != nil {
			return err
		}
		if !isChunk {
			return nil
		}
		id, rest, _ := strings.Cut(rest, `">`)
		content, rest, whole := strings.Cut(rest, chunkEnd)
		if !whole {
			return fmt.Errorf("chunk %q is not whole: %q", id, write)
		}
		if err := c.chunk(id, content); err != nil {
			return err
		}
		write = rest
	}
	return nil
}

// text is what belongs to the shell or to the end of the page.
func (c *wireClient) text(s string) error {
	element := "<script>" + assets.Unsuspense().Text + "</script>"
	if before, after, ok := strings.Cut(s, element); ok {
		if c.script {
			return fmt.Errorf("the script came twice")
		}
		c.script = true
		s = before + after
	}
	c.doc += s
	return c.note(s)
}

func (c *wireClient) chunk(id, content string) error {
	start := `<?start name="` + id + `">`
	before, rest, ok := strings.Cut(c.doc, start)
	if !ok {
		return fmt.Errorf("chunk %q came without markers or twice; the page is %q", id, c.doc)
	}
	_, after, ok := strings.Cut(rest, endMarker)
	if !ok {
		return fmt.Errorf("boundary %q has no end marker", id)
	}
	if !c.script {
		return fmt.Errorf("chunk %q came before the script", id)
	}
	c.doc = before + content + after
	if c.heads[id] {
		return c.head(id, content)
	}
	if c.notices[id] {
		if again, ok := strings.CutPrefix(content, start+noticeStart+noticeText); ok && again == endMarker {
			return nil
		}
		if missing := len(c.markers) - len(c.filled) - len(c.notices); content != "" || missing > 0 || c.taken {
			return fmt.Errorf("notice %q became %q with %d boundaries pending", id, content, missing)
		}
		c.taken = len(c.notices) == 1
		delete(c.notices, id)
		delete(c.markers, id)
		return nil
	}
	if c.taken {
		return fmt.Errorf("chunk %q came after the notices had been taken away", id)
	}
	// A sequence that goes on ends its chunk with its markers.
	if content, more := strings.CutSuffix(content, start+endMarker); more {
		return c.note(content)
	}
	c.filled = append(c.filled, id)
	return c.note(content)
}

// note checks the markers in s, which has just come.
func (c *wireClient) note(s string) error {
	if c.markers == nil {
		c.markers, c.notices, c.heads = map[string]bool{}, map[string]bool{}, map[string]bool{}
	}
	for _, m := range startMarker.FindAllStringSubmatch(s, -1) {
		id := m[1]
		if path, ok := strings.CutPrefix(id, c.prefix); !ok || !wirePath.MatchString(path) {
			return fmt.Errorf("boundary %q has an odd id, want one with the prefix %q", id, c.prefix)
		}
		if c.markers[id] {
			return fmt.Errorf("boundary %q was sent twice", id)
		}
		_, after, _ := strings.Cut(s, m[0])
		if strings.HasPrefix(after, valueStart) {
			if c.heads[id] {
				return fmt.Errorf("head %q was sent twice", id)
			}
			c.heads[id] = true
			continue
		}
		c.markers[id] = true
		if strings.HasPrefix(after, noticeStart+noticeText) {
			c.notices[id] = true
		}
	}
	return nil
}

// head checks a chunk with a new value of the head.
func (c *wireClient) head(id, content string) error {
	if c.renewed[id] {
		return fmt.Errorf("head %q was renewed twice in one write", id)
	}
	c.renewed[id], c.changed = true, true
	value, more := strings.CutPrefix(content, `<?start name="`+id+`">`)
	if more {
		value, more = strings.CutSuffix(value, endMarker)
	} else {
		delete(c.heads, id)
	}
	if pending := len(c.markers) > len(c.filled)+len(c.notices); more != pending || !strings.HasPrefix(value, valueStart) {
		return fmt.Errorf("head %q became %q; something is pending: %t", id, content, pending)
	}
	return nil
}

// cutHead cuts the start of the page off, and returns the value of the head.
func (c *wireClient) cutHead() (value string, err error) {
	for id := range c.heads { // whose values have not changed at the end
		before, rest, _ := strings.Cut(c.doc, `<?start name="`+id+`">`)
		value, after, _ := strings.Cut(rest, endMarker)
		c.doc = before + value + after
	}
	rest, ok := strings.CutPrefix(c.doc, headStart)
	value, body, is := strings.Cut(rest, headEnd)
	if !ok || !is {
		return "", fmt.Errorf("page = %q, want one with a head", c.doc)
	}
	c.doc = "<body>" + body
	return value, nil
}

// finished reports what is wrong with a page that has come to its end.
func (c *wireClient) finished() error {
	if len(c.filled) != len(c.markers) {
		return fmt.Errorf("%d boundaries and %d chunks (%v)", len(c.markers), len(c.filled), c.filled)
	}
	if strings.Contains(c.doc, "<?") || strings.Contains(c.doc, chunkStart) {
		return fmt.Errorf("the page holds a marker: %q", c.doc)
	}
	if c.script != (len(c.filled) > 0 || c.taken || c.changed) {
		return fmt.Errorf("script = %t with %d chunks", c.script, len(c.filled))
	}
	return nil
}

// A wireLog is a ResponseWriter that keeps each write apart.
type wireLog struct {
	last    time.Time // of a write
	header  http.Header
	status  int
	writes  []string
	flushes int
	first   func() // called before the first write; may be nil
}

func newWireLog() *wireLog { return &wireLog{header: http.Header{}} }

func (w *wireLog) Header() http.Header { return w.header }

func (w *wireLog) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *wireLog) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if len(w.writes) == 0 && w.first != nil {
		w.first()
	}
	w.writes = append(w.writes, string(p))
	w.last = time.Now()
	return len(p), nil
}

func (w *wireLog) Flush() { w.flushes++ }

func (w *wireLog) body() string { return strings.Join(w.writes, "") }
