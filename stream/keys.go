package stream

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// A boundary with a key can be requested again, without the rest of its page. Its
// content stands between two markers, from the start:
//
//	<?start name="reviews">content<?end name="reviews">
//
// The request is a GET of the URL of the page with the header "Rivulet: reviews".
// The header names the keys of the boundaries around it, too, the outermost first:
// "Rivulet: product/reviews". The Page runs as always. Of the boundaries, only those
// load that the header names, those within the last one, and critical ones.

// keys are the keys of a response. All fields but content are guarded by loads.mu.
type keys struct {
	wanted  []string             // the keys that the request names; nil means all of the page
	paths   map[*boundary]string // of the boundaries with a key that can be requested
	used    map[string]struct{}  // keys
	target  *boundary            // the boundary that the request names; nil until it is met
	content []byte               // of target; nil until it is known
}

// isKey reports whether s matches [A-Za-z][A-Za-z0-9_-]{0,47}.
func isKey(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '_' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 48
}

// placeKeyed places a boundary with a key at the end of f, which buf writes into.
func (f *fragment) placeKeyed(ctx context.Context, buf *templruntime.Buffer, b *boundary, key string, every time.Duration) error {
	if !isKey(key) {
		return fmt.Errorf("stream: invalid key %q", key)
	}
	p := f.resp
	if !f.isOf(ctx) {
		return errClosed
	}
	if err := drain(buf); err != nil {
		return err
	}
	within := markup.Holder(f.bytes[f.from:])
	if within != "" {
		p.warnKey("stream: a boundary with a key stands where no marker works, so it cannot be requested", key, slog.String("within", within))
	}
	if within != "" || !p.claimKey(f.owner, b, key) {
		if f.owner.target >= aroundTarget {
			return f.meetBeside(ctx, buf, b)
		}
		return f.meet(ctx, buf, b)
	}
	if _, err := buf.WriteString(`<?start name="` + key + `">`); err != nil {
		return err
	}
	if err := f.meet(ctx, buf, b); err != nil {
		return err
	}
	if _, err := buf.WriteString(`<?end name="` + key + `">`); err != nil {
		return err
	}
	if every > 0 {
		if err := writeEvery(buf, b, every); err != nil {
			return err
		}
	}
	if p.mode == OutOfOrder && p.isFirstKey() {
		if err := WhilePending(templ.ComponentFunc(writeLate)).Render(ctx, buf); err != nil {
			return err
		}
	}
	return LiveScript(p.rd.LiveScript).Render(ctx, buf)
}

// writeEvery writes the order to request b again after each d.
func writeEvery(buf *templruntime.Buffer, b *boundary, d time.Duration) error {
	d = min(max(d, time.Second), maxEvery)
	_, err := buf.WriteString(`<?every ` + b.keyPath() + ` ` + strconv.FormatInt(d.Milliseconds(), 10) + `><template data-r></template>`)
	return err
}

// writeLate writes the order to request what is pending once more after the time in
// which it should come, since the response was cut then.
func writeLate(ctx context.Context, w io.Writer) error {
	deadline, ok := Deadline(ctx)
	if !ok || time.Until(deadline) > maxEvery {
		return nil
	}
	_, err := io.WriteString(w, `<?late `+strconv.FormatInt(time.Until(deadline).Milliseconds(), 10)+`><template data-r></template>`)
	return err
}

// maxEvery limits the time of an order, to which the script adds up to a tenth. A
// timer of a browser takes at most 2³¹ - 1 milliseconds, which are 24 days.
const maxEvery = 20 * 24 * time.Hour

// claimKey gives the key to b, which is about to be placed as a child of owner. It
// reports whether b can be requested with it.
func (p *response) claimKey(owner, b *boundary, key string) bool {
	l := &p.loads
	l.mu.Lock()
	if p.keys == nil {
		p.keys = new(keys)
	}
	k := p.keys
	around, ok := k.around(owner)
	_, again := k.used[key]
	if ok && !again {
		if k.used == nil {
			k.paths, k.used = make(map[*boundary]string), make(map[string]struct{})
		}
		k.used[key] = struct{}{}
		k.paths[b] = around + key
		if owner.target >= aroundTarget {
			if b.target = owner.target + 1; int(b.target-aroundTarget) == len(k.wanted) {
				b.target, k.target = inTarget, b
			}
		}
	}
	l.mu.Unlock()
	if again {
		p.warnKey("stream: two boundaries have one key, so the second cannot be requested", key)
	} else if !ok {
		p.warnKey("stream: a boundary with a key stands in one without a key, so it cannot be requested", key)
	}
	return ok && !again
}

// isFirstKey reports whether only one boundary with a key was met so far.
func (p *response) isFirstKey() bool {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	return len(p.keys.used) == 1
}

// around returns the path of the children of owner, up to their keys. It reports
// false if owner cannot be requested itself. loads.mu is held.
func (k *keys) around(owner *boundary) (path string, ok bool) {
	for owner.kind == piece {
		owner = owner.parent
	}
	if owner.parent == nil {
		return "", true
	}
	path, ok = k.paths[owner]
	return path + "/", ok
}

// hasKeys reports whether boundaries with keys were met so far.
func (p *response) hasKeys() bool {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	return p.keys != nil
}

// keyPath returns the path by which b can be requested, or "" if it cannot.
func (b *boundary) keyPath() string {
	if b.resp == nil {
		return ""
	}
	l := &b.resp.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.resp.keys == nil {
		return ""
	}
	return b.resp.keys.paths[b]
}

// keyAround returns the path by which b can be requested, or the nearest boundary
// around it that can be, or "" if there is none. It reports false on a page without
// keys.
func (b *boundary) keyAround() (path string, ok bool) {
	l := &b.resp.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	k := b.resp.keys
	if k == nil {
		return "", false
	}
	for ; b != nil; b = b.parent {
		if path, ok := k.paths[b]; ok {
			return path, true
		}
	}
	return "", true
}

// warnKey logs a warning about a key, once for each route.
func (p *response) warnKey(message, key string, attrs ...slog.Attr) {
	p.warnOnce(message, slog.String("key", key), attrs...)
}

var liveScript = templ.NewOnceHandle()

// LiveScript returns a component that writes the script live, once for each page. The
// script requests boundaries with a key again and keeps live regions up to date. A page
// with one of them has the script without this component. In the answer to a request
// for a key, the component writes nothing.
func LiveScript(s Script) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if owner := ownerOf(ctx); owner != nil && owner.resp != nil && owner.resp.namesKeys() {
			return nil
		}
		return liveScript.Once().Render(templ.WithChildren(ctx, s.Element(assets.Live().Text)), w)
	})
}
