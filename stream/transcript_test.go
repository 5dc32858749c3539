package stream_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// A pageTest is a page whose response is compared with its transcript.
type pageTest struct {
	name     string
	rd       stream.Renderer
	page     templ.Component
	request  func(*http.Request) *http.Request
	leave    time.Duration // when the client leaves; zero: it stays
	deadline time.Duration // of the request's context; zero: none
	whole    bool          // the writer cannot flush
}

// run compares each page with its section of the test's file in testdata.
func run(t *testing.T, tests []pageTest) {
	t.Helper()
	file := filepath.Join("testdata", strings.TrimPrefix(t.Name(), "Test")+".txt")
	want := readTranscripts(t, file)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.transcript(t)
			if *update {
				want.set(tt.name, got)
				return
			}
			if want := want.text[tt.name]; got != want {
				t.Errorf("response:\n%s\nwant:\n%s", got, want)
			}
		})
	}
	if *update {
		want.write(t, file)
	}
}

// transcript returns what leaves the server and when, and how Render ends.
func (tt pageTest) transcript(t *testing.T) (text string) {
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		if tt.request != nil {
			r = tt.request(r)
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		if tt.leave > 0 {
			time.AfterFunc(tt.leave, cancel)
		}
		if tt.deadline > 0 {
			ctx, cancel = context.WithTimeout(ctx, tt.deadline)
			defer cancel()
		}
		rd := tt.rd
		if rd.Trace == nil {
			rd.Trace = &stream.Trace{
				Failed: func(_ context.Context, err *stream.BoundaryError) {
					rec.Note("failed: %v", err)
				},
				Decided: func(_ context.Context, d stream.Decision) {
					rec.Note("decided by %q: %v, late %v", d.Boundary.ID, d.Err, d.Late)
				},
				Abandoned: func(_ context.Context, b stream.BoundaryInfo) {
					rec.Note("abandoned: %q", b.ID)
				},
			}
		}
		var w http.ResponseWriter = rec
		if tt.whole {
			w = unflushable{rec}
		}
		rec.end(func() error { return rd.Render(w, r.WithContext(ctx), tt.page) })
		time.Sleep(24 * time.Hour) // abandoned loads end; whatever they do must not show
		text = rec.String()
	})
	return text
}

// A recorder also records how a response ends.
type recorder struct{ *testkit.Recorder }

func newRecorder() *recorder { return &recorder{testkit.NewRecorder(mask)} }

// end calls render and notes how it ends, if not well.
func (rec *recorder) end(render func() error) {
	var err error
	end := rec.End(func() { err = render() })
	if err != nil {
		end = fmt.Sprintf("end: %v", err)
	}
	if errors.Is(err, stream.ErrShell) {
		end += " (nothing was sent)"
	}
	if rec.Status != 0 && rec.Status != http.StatusOK {
		end += fmt.Sprintf(" (status %d)", rec.Status)
	}
	rec.Note("%s", end)
}

// unflushable hides the recorder's Flush.
type unflushable struct{ http.ResponseWriter }

// mask hides what differs from run to run or is tested elsewhere.
func mask(s string) string {
	s = strings.ReplaceAll(s, assets.Unsuspense().Text, "…")
	s = testkit.MaskDigests(s)
	s = randomPart.ReplaceAllString(s, "${1}PART")
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(s)
}

// randomPart is the prefix of ids in an answer in parts, and what stands between them.
var randomPart = regexp.MustCompile(`(--|data-rv-part=")[a-z][0-9a-z]{11}\b`)

// transcripts are the sections of a file in testdata.
type transcripts struct {
	names []string
	text  map[string]string
}

func readTranscripts(t *testing.T, file string) *transcripts {
	t.Helper()
	ts := &transcripts{text: make(map[string]string)}
	b, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for section := range strings.SplitSeq("\n"+string(b), "\n# ") {
		if name, text, ok := strings.Cut(section, "\n"); ok && name != "" {
			ts.set(name, strings.TrimSpace(text)+"\n")
		}
	}
	return ts
}

func (ts *transcripts) set(name, text string) {
	if _, ok := ts.text[name]; !ok {
		ts.names = append(ts.names, name)
	}
	ts.text[name] = text
}

func (ts *transcripts) write(t *testing.T, file string) {
	t.Helper()
	var b strings.Builder
	for i, name := range ts.names {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "# %s\n%s", name, ts.text[name])
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
