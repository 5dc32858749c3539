package streamtest

import (
	"bytes"
	"time"

	"github.com/rivulet-go/rivulet/assets"
)

// A Moment is a time in the life of a response, as its client sees it. The zero
// Moment never comes.
type Moment struct {
	kind  momentKind
	after time.Duration
	text  string
}

type momentKind uint8

const (
	never momentKind = iota
	afterTime
	afterText
	afterShell
)

// After is the Moment when the time d has passed since the request.
func After(d time.Duration) Moment { return Moment{kind: afterTime, after: d} }

// AfterText is the Moment when the client has received text. It is searched for in the
// bytes of the response, with their markers and scripts. What has come behind it is
// lost if the client leaves or is cut.
func AfterText(text string) Moment { return Moment{kind: afterText, text: text} }

// AfterShell is the Moment when the client has received the shell of a page on which
// something is pending. It ends with the script that Rivulet adds. If the Renderer
// has NoScript or an ExternalScript with a name of the program's own, the Moment is
// the start of the first chunk. On a page without chunks, it never comes.
func AfterShell() Moment { return Moment{kind: afterShell} }

// in returns the offset of the Moment in the bytes of a response, or -1. The first seen
// bytes have been searched before.
func (m Moment) in(body []byte, seen int) int {
	switch m.kind {
	case afterText:
		return behind(body, m.text, seen)
	case afterShell:
		s := assets.Unsuspense()
		for _, end := range []string{s.Text + "</script>", s.Name + `"></script>`} {
			if i := behind(body, end, seen); i >= 0 {
				return i
			}
		}
		if i := behind(body, chunkStart, seen); i >= 0 {
			return named(body, i-len(chunkStart))
		}
	}
	return -1
}

// behind returns the offset behind the first s in b, or -1. The first seen bytes have
// been searched before.
func behind(b []byte, s string, seen int) int {
	from := max(0, seen-len(s))
	if i := bytes.Index(b[from:], []byte(s)); i >= 0 {
		return from + i + len(s)
	}
	return -1
}

// named returns where the chunk at i begins with the instruction before it, which
// names the boundary with a key that the chunk belongs to.
func named(body []byte, i int) int {
	j := bytes.LastIndex(body[:i], []byte("<?chunk"))
	if j >= 0 && bytes.IndexByte(body[j:i], '>') == i-j-1 {
		return j
	}
	return i
}
