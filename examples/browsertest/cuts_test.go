package browsertest_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/examples/browsertest"
	"github.com/rivulet-go/rivulet/examples/browsertest/pages"
)

// pieces is into how many pieces the chunks are cut.
const pieces = 16

// cuts are about chunks that do not arrive in one piece. A browser that patches
// natively shows what has arrived of a chunk; the runtime waits for all of it.
func cuts() []browsertest.Scenario {
	all := []browsertest.Scenario{{
		Name:  "half a chunk is never shown",
		Where: browsertest.AtRuntime,
		Page:  pages.Halves(pieces),
		Watch: halvesWatch(),
		Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
			n := 0
			return &cutter{ResponseWriter: w, before: func(chunk []byte) int {
				n++
				return len(chunk) * n / (pieces + 1)
			}, then: func() error {
				v.Note(fmt.Sprintf("held %d", n-1))
				v.Pass(fmt.Sprintf("rest of %d", n-1))
				return nil
			}}
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallbacks")
			for i := range pieces {
				v.Open(fmt.Sprint(i))
				v.WaitNote(fmt.Sprintf("held %d", i))
				v.Picture() // the browser has had time for the first piece
				v.Open(fmt.Sprintf("rest of %d", i))
				v.Wait(fmt.Sprintf("whole %d", i))
			}
			noHalves(t, v)
			v.Finished(t)
		},
	}}
	for _, eighths := range []int{1, 3, 5, 7} {
		all = append(all, browsertest.Scenario{
			Name:   fmt.Sprintf("a response that is cut after %d eighths of a chunk shows none of it", eighths),
			Where:  browsertest.AtRuntime,
			Page:   pages.Halves(pieces),
			Watch:  halvesWatch(),
			Faults: []string{errCut.Error()},
			Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
				return &cutter{ResponseWriter: w, before: func(chunk []byte) int {
					return len(chunk) * eighths / 8
				}, then: func() error {
					v.Note("held")
					v.Pass("cut")
					return errCut
				}}
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Wait("fallbacks")
				v.Open("3")
				v.WaitNote("held")
				v.Picture()
				v.Open("cut")
				v.WaitEnd()
				v.Picture()
				noHalves(t, v)
				if got := v.Picture().Parts["half-3"]; !strings.Contains(got, "dots") {
					t.Errorf("half-3 = %s, want the fallback", got)
				}
			},
		})
	}
	return all
}

func halvesWatch() map[string]string {
	watch := map[string]string{"fallbacks": fmt.Sprintf("#half-%d > .dots", pieces-1)}
	for i := range pieces {
		watch[fmt.Sprintf("half %d", i)] = fmt.Sprintf("#half-%d > .first:not(:has(~ .last)), #half-%[1]d > .dots ~ .first", i)
		watch[fmt.Sprintf("whole %d", i)] = fmt.Sprintf("#half-%d:not(:has(.dots)) > .first ~ .last", i)
	}
	return watch
}

func noHalves(t *testing.T, v *browsertest.Visit) {
	t.Helper()
	for _, name := range v.Seen() {
		if strings.HasPrefix(name, "half") {
			t.Errorf("%s of a chunk was shown", name)
		}
	}
}

var errCut = errors.New("the response is cut")

// A cutter holds each chunk back after its first bytes.
type cutter struct {
	http.ResponseWriter
	before func(chunk []byte) int // how much to send at first
	then   func() error           // what happens then; the rest is sent if it returns nil
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *cutter) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, []byte("<template for=")) {
		return c.ResponseWriter.Write(p)
	}
	first := p[:c.before(p)]
	if _, err := c.ResponseWriter.Write(first); err != nil {
		return 0, err
	}
	if err := http.NewResponseController(c.ResponseWriter).Flush(); err != nil {
		return 0, err
	}
	if err := c.then(); err != nil {
		return len(first), err
	}
	n, err := c.ResponseWriter.Write(p[len(first):])
	return len(first) + n, err
}
