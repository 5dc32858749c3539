package stream

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	templruntime "github.com/a-h/templ/runtime"
)

// What a boundary is to the target, the boundary that the request names. A value from
// aroundTarget on means that the target is within the boundary, whose children are
// compared with the key number value-aroundTarget.
const (
	noTarget     uint8 = iota // the request names no keys
	inTarget                  // the boundary is the target, or within it
	besideTarget              // the boundary is critical, so it may refuse the request
	aroundTarget
)

// maxKeys limits the number of keys in a request.
const maxKeys = 16

// wantedKeys returns the keys that r asks for, or nil if r asks for a page.
func wantedKeys(r *http.Request) []string {
	path := first(r.Header["Rivulet"])
	if path == "" || r.Method != http.MethodGet {
		return nil
	}
	wanted := strings.Split(path, "/")
	if len(wanted) > maxKeys {
		return nil
	}
	for _, key := range wanted {
		if !isKey(key) {
			return nil
		}
	}
	return wanted
}

// namesKeys reports whether the request names keys.
func (p *response) namesKeys() bool { return p.root.target == aroundTarget }

// isBeside reports whether c, a child of b, stands beside the target.
func (b *boundary) isBeside(c *Boundary) bool {
	return b.target == besideTarget || b.target >= aroundTarget && c.Key != b.resp.keys.wanted[b.target-aroundTarget]
}

// meetBeside is meet for a boundary beside the target. Only a critical one loads: what
// it refuses to a page, it refuses to a request for a part of the page.
func (f *fragment) meetBeside(ctx context.Context, buf *templruntime.Buffer, b *boundary) error {
	if !b.critical {
		return nil
	}
	b.target = besideTarget
	return f.meet(ctx, buf, b)
}

// sendTarget sends the target, and nothing else of the page, whose component was
// rendered into f.
func (p *response) sendTarget(f *fragment) error {
	if err := p.fillUnsent(f); err != nil {
		return p.shellError(err)
	}
	p.bytes = p.bytes[:0]
	if k := p.keys; k.content != nil {
		key := k.wanted[len(k.wanted)-1]
		p.bytes = append(p.bytes, `<?start name="`+key+`">`...)
		p.bytes = append(p.bytes, k.content...)
		p.bytes = append(p.bytes, `<?end name="`+key+`">`...)
	}
	return p.writeLast()
}

// noteTarget keeps the bytes of p.bytes from start on if they are the content of the
// target.
func (p *response) noteTarget(b *boundary, start int) {
	if b.target == inTarget && b == p.keys.target {
		p.keys.content = bytes.Clone(p.bytes[start:])
	}
}

// targetStatus returns the status of the answer to a request that names keys, given
// the one that the Page has set.
func (p *response) targetStatus(status int) int {
	switch {
	case p.keys.content == nil && p.failed.Load() != 0: // a boundary around the target
		return http.StatusInternalServerError
	case p.keys.content == nil:
		return http.StatusNotFound
	}
	return status
}
