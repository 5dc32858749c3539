package stream

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A serverTiming makes the fields Server-Timing of one response,
// https://www.w3.org/TR/server-timing/.
type serverTiming struct {
	start     time.Time
	announced bool // a trailer will follow; belongs to the goroutine of the response

	mu      sync.Mutex
	loading map[string]time.Time // starts of loads, by the boundary's ID
	metrics []byte               // metrics that have not been sent
}

func newServerTiming(start time.Time) *serverTiming {
	return &serverTiming{start: start, loading: make(map[string]time.Time)}
}

// trace returns a Trace that records the loads in t.
func (t *serverTiming) trace() *Trace {
	return &Trace{
		Loading: func(ctx context.Context, b BoundaryInfo) context.Context {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.loading[b.ID] = time.Now()
			return ctx
		},
		Loaded: func(_ context.Context, b BoundaryInfo, err error) { t.loaded(b, err) },
		// A load that was abandoned may never return.
		Failed:      func(_ context.Context, err *BoundaryError) { t.loaded(BoundaryInfo{err.ID, err.Name}, err) },
		LogFailures: true,
	}
}

// loaded adds the duration of b's load. Only the first call for a load has an
// effect.
func (t *serverTiming) loaded(b BoundaryInfo, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	since, ok := t.loading[b.ID]
	if !ok {
		return
	}
	delete(t.loading, b.ID)
	desc := b.ID
	if err != nil {
		desc += " failed"
	}
	name := b.Name
	if name == "" {
		name = b.ID
	}
	t.append(name, time.Since(since), desc)
}

// begin sets the header before it is sent. It also announces a trailer, unless
// last says that the whole page is sent with the header, when all durations are
// known. net/http can send a trailer over HTTP/2 and in the chunks of HTTP/1.1.
func (t *serverTiming) begin(h http.Header, r *http.Request, last bool) {
	h.Add("Server-Timing", t.take("shell"))
	if !last && r.ProtoAtLeast(1, 1) && h["Content-Length"] == nil {
		h.Add("Trailer", "Server-Timing")
		t.announced = true
	}
}

// end sets the trailer that was announced.
func (t *serverTiming) end(h http.Header) {
	if t.announced {
		h.Set("Server-Timing", t.take("total"))
	}
}

// take returns the metrics that have not been sent, and a last one with that name
// for the time since the start.
func (t *serverTiming) take(name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.append(name, time.Since(t.start), "")
	s := string(t.metrics)
	t.metrics = nil
	return s
}

// maxTiming limits one field, in bytes, so that proxies accept it. There is
// always room for the last metric, which has no description.
const maxTiming = 2 << 10

// append appends a metric. t.mu is held.
func (t *serverTiming) append(name string, d time.Duration, desc string) {
	if desc != "" && len(t.metrics)+len(desc) > maxTiming-2*maxMetricName-64 {
		return
	}
	if len(t.metrics) > 0 {
		t.metrics = append(t.metrics, ", "...)
	}
	t.metrics = append(t.metrics, token(name)...)
	t.metrics = append(t.metrics, ";dur="...)
	t.metrics = strconv.AppendFloat(t.metrics, float64(d.Microseconds())/1000, 'f', -1, 64)
	if desc != "" {
		t.metrics = append(t.metrics, `;desc="`...)
		t.metrics = append(t.metrics, desc...)
		t.metrics = append(t.metrics, '"')
	}
}

const maxMetricName = 64

// token returns name with every character that is not allowed in an HTTP token
// replaced by _, see https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2.
func token(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("!#$%&'*+-.^_`|~", r):
			return r
		}
		return '_'
	}, name)
	return name[:min(len(name), maxMetricName)]
}
