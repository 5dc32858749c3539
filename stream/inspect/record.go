package inspect

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// What is kept of one response at most; strings in bytes.
const (
	maxBoundaries = 256
	maxChunks     = 256
	maxFailures   = 32
	maxInChunk    = 16 // boundaries that are named
	maxPath       = 512
	maxName       = 128
	maxError      = 1 << 10
	maxStack      = 4 << 10
)

// A record is what is known of one response. Times count from its start.
type record struct {
	id           int64
	path, method string
	mode         stream.Mode
	start        time.Time
	watchers     *watchers

	mu         sync.Mutex // guards what follows
	status     int
	first      moment // byte
	end        moment
	err        string
	left       bool // the client did
	failedAll  bool // the page, before its first byte: what was sent is the answer to that
	bytes      int
	met        int // boundaries, those not kept too
	failed     int // failures, those not kept too
	flushed    int // chunks, those not kept too
	inPlace    bool
	inPlaceOf  string
	boundaries []*boundary
	byID       map[string]*boundary
	chunks     []chunk
	failures   []failure
	unsent     []*boundary // rendered since the last flush
}

// A boundary is what is known of one.
type boundary struct {
	id, name                           string
	met, loading, loaded, failed, sent moment
	shown                              moment // the first part of it
	parts, bytes                       int    // more than one of a sequence
	inPlace, abandoned                 bool
}

// A chunk is what one flush has sent.
type chunk struct {
	At         moment   `json:"at"`
	Bytes      int      `json:"bytes"`
	Boundaries []string `json:"boundaries"` // their ids, the first of them
	Count      int      `json:"count"`      // of all of them
}

// A failure is one line of the log.
type failure struct {
	Boundary string `json:"boundary"` // its id, "" for one that loads in place
	Name     string `json:"name"`
	Digest   string `json:"digest"`
	At       moment `json:"at"`
	Error    string `json:"error"`
	Stack    string `json:"stack,omitempty"`
}

func newRecord(method, path string, mode stream.Mode, ws *watchers) *record {
	return &record{
		path: cut(path, maxPath), method: cut(method, maxName), mode: mode,
		start: time.Now(), first: never, end: never, watchers: ws,
	}
}

// changed unlocks the record and tells of the change.
func (rec *record) changed() {
	rec.mu.Unlock()
	rec.watchers.tell(rec.id)
}

// now returns the time since the start.
func (rec *record) now() moment { return moment(time.Since(rec.start)) }

// boundary returns that of b, or one that is forgotten. rec.mu is held.
func (rec *record) boundary(b stream.BoundaryInfo) *boundary {
	if known := rec.byID[b.ID]; known != nil {
		return known
	}
	return new(boundary)
}

func (rec *record) meet(b stream.BoundaryInfo) {
	rec.mu.Lock()
	defer rec.changed()
	if rec.met++; rec.met > maxBoundaries {
		return
	}
	if rec.byID == nil {
		rec.byID = make(map[string]*boundary)
	}
	kept := &boundary{id: b.ID, name: cut(b.Name, maxName), met: rec.now(), loading: never, loaded: never, failed: never, sent: never, shown: never}
	rec.boundaries = append(rec.boundaries, kept)
	rec.byID[b.ID] = kept
}

func (rec *record) load(b stream.BoundaryInfo) {
	rec.mu.Lock()
	defer rec.changed()
	rec.boundary(b).loading = rec.now()
}

func (rec *record) loadReturned(b stream.BoundaryInfo) {
	rec.mu.Lock()
	defer rec.changed()
	rec.boundary(b).loaded = rec.now()
}

func (rec *record) send(b stream.BoundaryInfo, bytes int, inPlace bool) {
	rec.mu.Lock()
	defer rec.changed()
	kept := rec.byID[b.ID]
	if kept == nil {
		return
	}
	kept.parts++
	kept.bytes += bytes
	kept.inPlace = inPlace
	rec.unsent = append(rec.unsent, kept)
}

func (rec *record) flush(bytes int) {
	rec.mu.Lock()
	defer rec.changed()
	now := rec.now()
	if rec.first == never {
		rec.first = now
	}
	rec.bytes += bytes
	rec.flushed++
	c := chunk{At: now, Bytes: bytes, Count: len(rec.unsent), Boundaries: []string{}}
	for _, b := range rec.unsent {
		b.sent = now
		if b.shown == never {
			b.shown = now
		}
		if len(c.Boundaries) < maxInChunk {
			c.Boundaries = append(c.Boundaries, b.id)
		}
	}
	rec.unsent = nil
	if len(rec.chunks) < maxChunks {
		rec.chunks = append(rec.chunks, c)
	}
}

func (rec *record) fail(err *stream.BoundaryError) {
	text := errorText(err.Err)
	rec.mu.Lock()
	defer rec.changed()
	now := rec.now()
	if b := rec.boundary(stream.BoundaryInfo{ID: err.ID}); err.Digest != "" && b.failed == never {
		b.failed = now // not for its fallback, which has no digest
	}
	if rec.failed++; rec.failed > maxFailures {
		return
	}
	f := failure{Boundary: err.ID, Name: cut(err.Name, maxName), Digest: err.Digest, At: now, Error: text}
	var panicked *stream.PanicError
	if errors.As(err.Err, &panicked) {
		f.Stack = cut(string(panicked.Stack[:min(len(panicked.Stack), maxStack+1)]), maxStack)
	}
	rec.failures = append(rec.failures, f)
}

func (rec *record) loadInPlace(b stream.BoundaryInfo) {
	rec.mu.Lock()
	defer rec.changed()
	rec.inPlace, rec.inPlaceOf = true, cut(b.Name, maxName)
}

func (rec *record) abandon(b stream.BoundaryInfo) {
	rec.mu.Lock()
	defer rec.changed()
	rec.boundary(b).abandoned = true
}

func (rec *record) setStatus(code int) {
	rec.mu.Lock()
	defer rec.changed()
	rec.status = code
}

func (rec *record) finish(err error) {
	text := ""
	if err != nil {
		text = errorText(err)
	}
	rec.mu.Lock()
	defer rec.changed()
	rec.end, rec.err, rec.left = rec.now(), text, errors.Is(err, context.Canceled)
	// An error of the Page itself matches nothing. Who had begun to send a page
	// would not have had another status than 200, as a rule.
	rec.failedAll = errors.Is(err, stream.ErrShell) || err != nil && rec.met == 0 && rec.status != http.StatusOK
	rec.unsent = nil
	// It is looked up in vain from now on, but for the loads left behind.
	for _, b := range rec.boundaries {
		if !b.abandoned {
			delete(rec.byID, b.id)
		}
	}
	if len(rec.byID) == 0 {
		rec.byID = nil
	}
}

func errorText(err error) string { return cut(err.Error(), maxError) }

// cut returns s, or its beginning with a mark, in memory of its own: a method
// and a path keep all of the request's first line otherwise, the query too.
func cut(s string, n int) string {
	if len(s) <= n {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:n-len("…")], "") + "…"
}
