package inspect

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A summary is the line of a response in the list.
type summary struct {
	ID         int64     `json:"id"`
	Path       string    `json:"path"`
	Method     string    `json:"method"`
	Mode       string    `json:"mode"`
	Start      time.Time `json:"start"`
	State      string    `json:"state"` // see stateRunning
	Status     int       `json:"status"`
	FirstByte  moment    `json:"firstByte"`
	Total      moment    `json:"total"`
	Bytes      int       `json:"bytes"`
	Boundaries int       `json:"boundaries"`
	Failures   int       `json:"failures"` // without those that were expected
	Expected   int       `json:"expected"` // failures that are no fault
	Decided    *decision `json:"decided,omitempty"`
	Error      string    `json:"error,omitempty"`
}

// The states of a response.
const (
	stateRunning = "running"
	stateSent    = "sent" // completely
	stateCut     = "cut"
	stateLeft    = "left" // the client has left
	// stateFailed means that the page failed before its first byte.
	stateDecided = "decided" // by an error that is no fault, before the first byte
)

// atOnce reports whether the response has nothing to draw: it is a page without
// boundaries, a response that a Page has written itself, such as a redirect, or
// the answer to a failure.
func (rep *report) atOnce() bool {
	return rep.Summary.State != stateRunning && rep.Summary.Boundaries == 0 && len(rep.Chunks) <= 1
}

// A report is everything that is kept of a response.
type report struct {
	Summary    summary    `json:"summary"`
	Now        moment     `json:"now"` // time of the report, or end of the response
	InPlace    *string    `json:"inPlace,omitempty"`
	Boundaries []row      `json:"boundaries"` // in document order
	Chunks     []chunk    `json:"chunks"`
	Failures   []failure  `json:"failures"`
	Decisions  []decision `json:"decisions"`
	Cut        cutCounts  `json:"cut"`
}

// cutCounts are the numbers of items that were not kept.
type cutCounts struct {
	Boundaries int `json:"boundaries"`
	Chunks     int `json:"chunks"`
	Failures   int `json:"failures"`
	Decisions  int `json:"decisions"`
}

// A row is a boundary in a report. A phase that was running lasts until the time
// of the report.
type row struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Depth   int    `json:"depth"` // 0 in the page itself
	State   string `json:"state"` // see stateQueued
	Bytes   int    `json:"bytes"`
	Queued  phase  `json:"queued"`
	Loading phase  `json:"loading"`
	Waiting phase  `json:"waiting"` // until its parent was sent
	Ready   phase  `json:"ready"`   // until it was sent itself
	Shown   moment `json:"shown"`   // when its first part was sent
	Sent    moment `json:"sent"`    // when its last part was sent
	Parts   int    `json:"parts"`   // a sequence has several
	// Returned is when an abandoned load has returned after all.
	Abandoned bool   `json:"abandoned"`
	Returned  moment `json:"returned"`
}

// The states of a row.
const (
	stateQueued  = "queued"
	stateLoading = "loading"
	stateReady   = "ready"
	stateChunk   = "chunk"
	stateInPlace = "in place"
	stateFailed  = "failed"
	stateExpects = "failed, as expected"
	stateDropped = "never sent"
)

// list returns the summaries, newest first.
func (in *Inspector) list() []summary {
	all := []summary{}
	for _, rec := range in.ring.all() {
		all = append(all, rec.summary())
	}
	return all
}

func (rec *record) summary() summary {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.summarise()
}

// summarise is summary. rec.mu is held.
func (rec *record) summarise() summary {
	s := summary{
		ID: rec.id, Path: rec.path, Method: rec.method, Mode: rec.mode.String(), Start: rec.start.UTC(),
		State: stateSent, Status: rec.status, FirstByte: rec.first, Total: rec.end, Bytes: rec.bytes,
		Boundaries: rec.met, Failures: rec.failed - rec.expected, Expected: rec.expected, Error: rec.err,
	}
	if len(rec.decisions) > 0 {
		first := rec.decisions[0]
		s.Decided = &first
	}
	switch {
	case rec.end == never:
		s.State = stateRunning
	case rec.left:
		s.State = stateLeft
	case rec.failedAll && s.Decided != nil && s.Decided.Code < 500:
		s.State = stateDecided
	case rec.failedAll:
		s.State = stateFailed
	case rec.err != "":
		s.State = stateCut
	}
	return s
}

// report returns everything that is kept of the response.
func (rec *record) report() *report {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rep := &report{
		Summary:    rec.summarise(),
		Now:        rec.end,
		Boundaries: []row{},
		Chunks:     append([]chunk{}, rec.chunks...),
		Failures:   append([]failure{}, rec.failures...),
		Decisions:  append([]decision{}, rec.decisions...),
		Cut:        cutCounts{rec.met - len(rec.boundaries), rec.flushed - len(rec.chunks), rec.failed - len(rec.failures), rec.decided - len(rec.decisions)},
	}
	if rec.end == never {
		rep.Now = rec.now()
	}
	if rec.inPlace {
		rep.InPlace = &rec.inPlaceOf
	}
	sent := make(map[string]moment, len(rec.boundaries))
	for _, b := range rec.boundaries {
		sent[b.id] = b.sent
	}
	for _, b := range rec.boundaries {
		around := rec.firstAfter(b.met)
		if i := strings.LastIndexByte(b.id, '.'); i >= 0 {
			around = never
			if t, ok := sent[b.id[:i]]; ok {
				around = t
			}
		}
		rep.Boundaries = append(rep.Boundaries, b.row(around, rep.Now, rec.end != never))
	}
	slices.SortStableFunc(rep.Boundaries, func(a, b row) int { return comparePaths(a.ID, b.ID) })
	return rep
}

// firstAfter returns when the part of the page that was rendered at t was sent,
// or never. rec.mu is held.
func (rec *record) firstAfter(t moment) moment {
	for _, c := range rec.chunks {
		if c.At >= t {
			return c.At
		}
	}
	return never
}

// row returns the phases of b until now. around is when its parent was sent.
func (b *boundary) row(around, now moment, done bool) row {
	until := func(ends ...moment) moment {
		first := now
		for _, t := range ends {
			if t != never {
				first = min(first, t)
			}
		}
		return first
	}
	r := row{ID: b.id, Name: b.name, Depth: strings.Count(b.id, "."), Bytes: b.bytes, Shown: b.shown, Sent: b.sent, Parts: b.parts, Abandoned: b.abandoned, Returned: never}
	if b.abandoned {
		r.Returned = b.loaded
	}
	r.Queued = phase{b.met, until(b.loading, b.failed, b.sent)}
	r.Loading = phase{r.Queued.To, r.Queued.To}
	if b.loading != never {
		r.Loading.To = max(r.Loading.From, until(b.loaded, b.failed)) // parts of a sequence are sent meanwhile
	}
	r.Waiting = phase{r.Loading.To, r.Loading.To}
	r.Ready = r.Waiting
	if b.loaded != never || b.failed != never {
		r.Waiting.To = max(r.Waiting.From, until(around, b.sent))
		r.Ready = phase{r.Waiting.To, max(r.Waiting.To, until(b.sent))}
	}
	r.State = b.state(done)
	return r
}

func (b *boundary) state(done bool) string {
	switch {
	case b.failed != never && b.expected:
		return stateExpects
	case b.failed != never:
		return stateFailed
	case b.decided:
		return stateDecided
	case b.loading != never && b.loaded == never && !done:
		return stateLoading
	case b.sent != never && b.inPlace:
		return stateInPlace
	case b.sent != never:
		return stateChunk
	case done:
		return stateDropped
	case b.loaded != never:
		return stateReady
	}
	return stateQueued
}

// comparePaths compares ids as paths in a tree: "2.10" comes after "2.9" and
// before "3".
func comparePaths(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(as, bs, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}
