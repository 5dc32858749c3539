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

// Limits of what is kept of one response; lengths of strings are in bytes.
const (
	maxBoundaries = 256
	maxChunks     = 256
	maxFailures   = 32
	maxDecisions  = 8
	maxInChunk    = 16 // boundaries that are named
	maxPath       = 512
	maxName       = 128
	maxError      = 1 << 10
	maxStack      = 4 << 10
)

// A record is the state of one response. Its times count from its start.
type record struct {
	id           int64
	path, method string
	mode         stream.Mode
	start        time.Time
	watchers     *watchers

	mu         sync.Mutex // guards the fields below
	status     int
	first      moment // time of the first byte
	end        moment
	err        string
	left       bool // the client has left
	failedAll  bool // the page failed before its first byte
	bytes      int
	met        int // boundaries, including those not kept
	failed     int // failures, including those not kept
	expected   int // of these, those that are no fault
	decided    int // decisions, including those not kept
	flushed    int // chunks, including those not kept
	inPlace    bool
	inPlaceOf  string
	boundaries []*boundary
	byID       map[string]*boundary
	chunks     []chunk
	failures   []failure
	decisions  []decision
	unsent     []*boundary // rendered since the last flush
}

// A boundary is the state of one boundary.
type boundary struct {
	id, name                           string
	met, loading, loaded, failed, sent moment
	shown                              moment // time of the first part
	parts, bytes                       int    // a sequence has several parts
	inPlace, abandoned                 bool
	expected                           bool // its failure is no fault
	decided                            bool // it has decided the status
}

// A chunk describes the bytes of one flush.
type chunk struct {
	At         moment   `json:"at"`
	Bytes      int      `json:"bytes"`
	Boundaries []string `json:"boundaries"` // ids of the first boundaries
	Count      int      `json:"count"`      // number of all boundaries
}

// A failure is one line of the log.
type failure struct {
	Boundary string `json:"boundary"` // id; "" for a boundary that loads in place
	Name     string `json:"name"`
	Digest   string `json:"digest"`
	At       moment `json:"at"`
	Error    string `json:"error"`
	Expected bool   `json:"expected"` // it is no fault
	Stack    string `json:"stack,omitempty"`
}

func newRecord(method, path string, mode stream.Mode, ws *watchers) *record {
	return &record{
		path: cut(path, maxPath), method: cut(method, maxName), mode: mode,
		start: time.Now(), first: never, end: never, watchers: ws,
	}
}

// changed unlocks the record and notifies its watchers.
func (rec *record) changed() {
	rec.mu.Unlock()
	rec.watchers.tell(rec.id)
}

// now returns the time since the start.
func (rec *record) now() moment { return moment(time.Since(rec.start)) }

// boundary returns the state of b. If it is not kept, boundary returns a new
// state, which is discarded. rec.mu is held.
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
		b.failed = now // the failure of a fallback has no digest and does not count
		b.expected = err.Expected
	}
	if err.Expected {
		rec.expected++
	}
	if rec.failed++; rec.failed > maxFailures {
		return
	}
	f := failure{Boundary: err.ID, Name: cut(err.Name, maxName), Digest: err.Digest, At: now, Error: text, Expected: err.Expected}
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
	// An error of the Page itself does not match ErrShell. A page whose first byte
	// was sent usually has the status 200.
	rec.failedAll = errors.Is(err, stream.ErrShell) || err != nil && rec.met == 0 && rec.status != http.StatusOK
	rec.unsent = nil
	// From now on, only abandoned loads look up their boundaries.
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

// cut returns a copy of s that has at most n bytes. The copy matters: a method
// and a path would otherwise keep the whole first line of the request in memory,
// with its query.
func cut(s string, n int) string {
	if len(s) <= n {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:n-len("…")], "") + "…"
}
