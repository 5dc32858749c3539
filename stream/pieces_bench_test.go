package stream_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// BenchmarkPieces compares the server's CPU time for an answer that comes word
// by word over a real connection with that of a bare handler that writes and
// flushes each word: the median of the ratios of interleaved pairs.
func BenchmarkPieces(b *testing.B) {
	text := func(s string) templ.Component { return stream.Text(s) }
	paced := answer{words: 200, pause: func() { time.Sleep(200 * time.Microsecond) }}
	b.Run("text", func(b *testing.B) { paced.compare(b, text) })
	b.Run("views", func(b *testing.B) { paced.compare(b, html) })
	b.Run("text at once", func(b *testing.B) { answer{words: 5000, pause: runtime.Gosched}.compare(b, text) })
}

// An answer is so many words with a pause before each.
type answer struct {
	words int
	pause func()
}

func (a answer) each(yield func(string) bool) {
	for range a.words {
		a.pause()
		if !yield("word ") {
			return
		}
	}
}

// bare writes and flushes each word.
func (a answer) bare(w http.ResponseWriter, r *http.Request) {
	for s := range a.each {
		_, _ = io.WriteString(w, templ.EscapeString(s))
		w.(http.Flusher).Flush()
	}
}

func (a answer) compare(b *testing.B, view func(string) templ.Component) {
	const pairs, requests = 5, 3
	pieces := func(context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			a.each(func(s string) bool { return yield(view(s), nil) })
		}
	}
	plain := httptest.NewServer(http.HandlerFunc(a.bare))
	defer plain.Close()
	streamed := httptest.NewServer(stream.Handler(pageOf(page(row(pieces)))))
	defer streamed.Close()
	ask := testkit.Elsewhere(b, "visitors")
	measure := func(url string) time.Duration {
		start := testkit.CPU()
		ask(fmt.Sprintf("%s 1 %d", url, requests))
		return testkit.CPU() - start
	}
	for b.Loop() {
		var ratios, base []float64
		for range pairs {
			p := measure(plain.URL)
			s := measure(streamed.URL)
			ratios = append(ratios, float64(s)/float64(p))
			base = append(base, float64(p.Nanoseconds())/1000/requests/float64(a.words))
		}
		b.ReportMetric(testkit.Median(ratios), "ratio")
		b.ReportMetric(testkit.Median(base), "bare-µs/piece")
	}
	b.ReportMetric(0, "ns/op")
}
