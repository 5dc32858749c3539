package browsertest_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// pieces is in how many places chunks are cut.
const pieces = 48

// cuts are about chunks that do not arrive in one piece. A browser that patches
// natively shows what has arrived of a chunk; the runtime waits for all of it.
func cuts() []browsertest.Scenario {
	all := []browsertest.Scenario{
		halves("half a chunk is never shown", browsertest.AtRuntime, "", noHalves),
		halves("a script that adds to the body while a chunk arrives disturbs nothing", browsertest.Scripted, "append", nil),
		halves("a script that moves what is in the body while a chunk arrives disturbs nothing", browsertest.AtRuntime, "move", noHalves),
	}
	for _, percent := range []int{0, 2, 5, 20, 80, 95, 98, 100, rand.IntN(100), rand.IntN(100), rand.IntN(100)} {
		all = append(all, cut(percent, false), cut(percent, true))
	}
	return all
}

// halves is a scenario in which chunks arrive in two pieces each, cut in
// different places, with an event between them.
func halves(name string, where func(*browsertest.Engine) bool, event string, check func(*testing.T, *browsertest.Visit)) browsertest.Scenario {
	return browsertest.Scenario{
		Name:  name,
		Where: where,
		Page:  pages.Halves(pieces),
		Watch: halvesWatch(),
		Files: map[string]browsertest.File{"halves.js": halvesScript},
		Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
			n := 0
			return &cutter{ResponseWriter: w, before: func(chunk []byte) int {
				n++
				return len(chunk) * n / (pieces + 1)
			}, then: func() error {
				v.Note(fmt.Sprintf("held %d", n))
				v.Pass(fmt.Sprintf("rest of %d", n))
				return nil
			}}
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallbacks")
			listening(v)
			for i := range pieces {
				v.Open(fmt.Sprint(i))
				v.WaitNote(fmt.Sprintf("held %d", i+1))
				arrived(v, i, i+1, pieces+1)
				if event != "" {
					v.Dispatch(event)
				}
				v.Open(fmt.Sprintf("rest of %d", i+1))
				v.Wait(fmt.Sprintf("whole %d", i))
			}
			if check != nil {
				check(t, v)
			}
			v.Finished(t)
		},
	}
}

// cut is a scenario in which the connection is lost within a chunk. If that is
// hidden from the browser, the page ends as if that were all of it.
func cut(percent int, hidden bool) browsertest.Scenario {
	name := fmt.Sprintf("a response that breaks off after %d %% of a chunk shows none of it", percent)
	if hidden {
		name = fmt.Sprintf("a response that ends after %d %% of a chunk shows none of it", percent)
	}
	return browsertest.Scenario{
		Name:   name,
		Hidden: hidden,
		Where:  browsertest.AtRuntime,
		Page:   pages.Halves(pieces),
		Watch:  halvesWatch(),
		Files:  map[string]browsertest.File{"halves.js": halvesScript},
		Faults: []string{errCut.Error()},
		Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
			return &cutter{ResponseWriter: w, proper: hidden, before: func(chunk []byte) int {
				return (len(chunk) - len("<!/>")) * percent / 100
			}, then: func() error {
				v.Note("held")
				v.Pass("cut")
				return errCut
			}}
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallbacks")
			listening(v)
			v.Open("3")
			v.WaitNote("held")
			arrived(v, 3, percent, 100)
			v.Open("cut")
			v.WaitEnd()
			if hidden {
				v.WaitComplete()
			}
			v.Picture() // the browser has had time for the end
			noHalves(t, v)
			if got, want := v.Picture().Parts["half-3"], `<i class="dots">...</i>`; got != want {
				t.Errorf("half-3 = %s, want the fallback, %s", got, want)
			}
		},
	}
}

func halvesScript(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
	script(w, `
		addEventListener("append", () => document.body.append(document.createElement("aside")));
		addEventListener("move", () => {
			document.body.append(...[...document.body.childNodes].filter(node => node.nodeName != "TEMPLATE"));
		});
		note("listening");
	`)
}

func halvesWatch() map[string]string {
	watch := map[string]string{"fallbacks": fmt.Sprintf("#half-%d > .dots", pieces-1)}
	for i := range pieces {
		watch[fmt.Sprintf("chunk %d", i)] = fmt.Sprintf("body > template[for='%d']", i+1)
		watch[fmt.Sprintf("half %d", i)] = fmt.Sprintf("#half-%d > .first:not(:has(~ .last)), #half-%[1]d > .dots ~ .first", i)
		watch[fmt.Sprintf("whole %d", i)] = fmt.Sprintf("#half-%d:not(:has(.dots)) > .first ~ .last", i)
	}
	return watch
}

// listening waits until the script of the page has run and its parser goes on:
// Firefox may keep to itself what arrives in that moment, until more arrives.
func listening(v *browsertest.Visit) {
	v.WaitNote("listening")
	v.Picture()
}

// arrived waits until the browser has seen that part of chunk i, as far as it
// can be known: an inert template says nothing of what is in it, and a native
// one is not there at all.
func arrived(v *browsertest.Visit, i, numerator, denominator int) {
	if browsertest.AtRuntime(v.Engine()) && numerator*8 > denominator {
		v.Wait(fmt.Sprintf("chunk %d", i))
	}
	v.Picture()
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
	proper bool                   // the response may end properly although it is cut
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// SetWriteDeadline is what cuts an unfinished response for good.
func (c *cutter) SetWriteDeadline(t time.Time) error {
	if c.proper {
		return http.ErrNotSupported
	}
	return http.NewResponseController(c.ResponseWriter).SetWriteDeadline(t)
}

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
