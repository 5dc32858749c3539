package lab_test

import (
	"bytes"
	"cmp"
	"html"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/lab"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

// A visit is what came of a request, and what was logged.
type visit struct {
	*streamtest.Page
	log bytes.Buffer
}

// when returns the time at which the page had s in it.
func (v *visit) when(t *testing.T, s string) time.Duration {
	t.Helper()
	times := []time.Duration{v.ShellAt}
	for _, c := range v.Chunks {
		times = append(times, c.At)
	}
	for _, at := range append(times, v.End) {
		if strings.Contains(v.At(at), s) {
			return at
		}
	}
	t.Errorf("the page lacks %s\n%s", s, v)
	return -1
}

// get visits the lab in virtual time.
func get(t *testing.T, query string) *visit {
	t.Helper()
	v := &visit{}
	synctest.Test(t, func(t *testing.T) {
		before := slog.Default()
		defer slog.SetDefault(before)
		slog.SetDefault(slog.New(slog.NewTextHandler(&v.log, nil)))
		mux := http.NewServeMux()
		lab.Register(mux, stream.Renderer{})
		v.Page = streamtest.Get(t, mux, "/lab?"+query)
		time.Sleep(time.Minute) // what was left behind ends before the bubble does
	})
	return v
}

const (
	ms  = time.Millisecond
	yes = "card=succeed&item=succeed&rows=succeed&outer=succeed&inner=succeed"
)

func TestEachDeedIsShownAndLogged(t *testing.T) {
	for _, row := range []struct {
		name, query string
		at          time.Duration // when the content comes
		shows       string
		logs        string // "": no failure
	}{
		{"a success", "card=succeed&card.ms=300", 300 * ms, "Here after 300ms", ""},
		{"an error", "card=error&card.ms=300", 300 * ms, "This part of the page could not be loaded.", `name=card digest=(\w+) path=/lab error="dial tcp 192.0.2.7:5432: connection refused"`},
		{"a view of its own", "card=error&card.own=1", 0, "Sorry, not now.", `name=card digest=(\w+)`},
		{"a panic in the load", "rows=panic&rows.ms=400&rows.own=1", 400 * ms, "Two rows are missing.", `name=rows digest=(\w+) path=/lab error="panic: index out of range, let us say"`},
		{"a panic in the view", "outer=view&outer.ms=200&outer.own=1", 200 * ms, "Sorry, not now.", `name=outer digest=(\w+) path=/lab error="panic: a view`},
		{"the end of its time", "card=timeout&card.ms=700", 700 * ms, "This part", `name=card digest=(\w+) path=/lab error="timeout after 700ms"`},
		{"a load that ignores it", "card=ignore&card.ms=700", 700 * ms, "This part", `name=card digest=(\w+) path=/lab error="timeout after 700ms"`},
		{"runtime.Goexit", "item=goexit&item.ms=100&item.own=1", 100 * ms, "One is missing.", `name=item digest=(\w+) path=/lab error=".*Goexit`},
		{"a failure within", "outer=succeed&outer.ms=200&inner=error&inner.ms=300", 500 * ms, "This part", `name=inner digest=(\w+)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := get(t, with(row.query))
			if got := v.when(t, row.shows); got != row.at {
				t.Errorf("%q came after %v, want %v", row.shows, got, row.at)
			}
			failures := strings.Count(v.log.String(), "level=ERROR")
			if row.logs == "" {
				if failures > 0 {
					t.Errorf("log = %s, want no failure", &v.log)
				}
				return
			}
			m := regexp.MustCompile(row.logs).FindStringSubmatch(v.log.String())
			if m == nil || failures != 1 {
				t.Fatalf("log = %s\nwant one failure, of %s", &v.log, row.logs)
			}
			// Once in the card, once in the log of the page.
			for _, want := range []string{`href="#log-` + m[1] + `"`, `id="log-` + m[1] + `"`} {
				if strings.Count(v.HTML, want) != 1 {
					t.Errorf("page has %d times %s, want it once:\n%s", strings.Count(v.HTML, want), want, v.HTML)
				}
			}
		})
	}
}

// with returns query with success for what it does not name.
func with(query string) string {
	for _, p := range strings.Split(yes, "&") {
		name, _, _ := strings.Cut(p, "=")
		if !strings.Contains("&"+query, "&"+name+"=") {
			query += "&" + p
		}
	}
	return query
}

var line = regexp.MustCompile(`(?s)<code(?: id="[^"]*")?>(level=.*?)</code>`)

func TestThePageShowsTheLogOfItsOwnResponse(t *testing.T) {
	const query = "card=error&card.ms=300&item=goexit&item.ms=600&item.own=1&rows=panic&rows.ms=900&rows.own=1&outer=succeed&outer.ms=1200&inner=timeout&inner.ms=600"
	for _, mode := range []string{"", "order", "complete"} {
		t.Run("mode "+mode, func(t *testing.T) {
			v := get(t, query+"&mode="+mode)
			var shown []string
			for _, m := range line.FindAllStringSubmatch(v.HTML, -1) {
				shown = append(shown, html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], "")))
			}
			var logged []string
			for l := range strings.Lines(v.log.String()) {
				_, l, _ = strings.Cut(strings.TrimSpace(l), " ") // the time
				l, _, _ = strings.Cut(l, ` stack="`)
				logged = append(logged, l)
			}
			if strings.Join(shown, "\n") != strings.Join(logged, "\n") {
				t.Errorf("page shows\n%s\nlog is\n%s", strings.Join(shown, "\n"), strings.Join(logged, "\n"))
			}
			if len(shown) != 9 { // five boundaries, four failures
				t.Errorf("%d lines, want 9", len(shown))
			}
		})
	}
}

func TestDecisions(t *testing.T) {
	const slow = "&item=succeed&item.ms=2000&rows=succeed&outer=succeed&inner=succeed"
	for _, row := range []struct {
		name, query string
		status      int // 0: 200
		location    string
		end         time.Duration
		has         []string
	}{
		{"404 in time", "card=missing&card.ms=300&card.critical=1", 404, "", 300 * ms,
			[]string{"<h1>404 Not Found</h1>", "lab: decided", "code=404 late=false name=card"}},
		{"404 in time, complete", "mode=complete&card=missing&card.ms=300", 404, "", 300 * ms, []string{"<h1>404 Not Found</h1>"}},
		{"404 too late", "card=missing&card.ms=300", 0, "", 2000 * ms,
			[]string{`<meta name="robots" content="noindex">`, "This part of the page", "level=DEBUG", "code=404 late=true name=card"}},
		{"redirect in time", "card=moved&card.ms=300&card.critical=1", 303, "/lab/target", 300 * ms, nil},
		{"redirect too late", "card=moved&card.ms=300", 0, "/lab/target", 300 * ms,
			[]string{`<meta http-equiv="refresh" content="0;url=&#39;/lab/target&#39;">`, "</html>"}},
		{"redirect too late, in order", "mode=order&item=moved&item.ms=300&card=succeed", 0, "/lab/target", 300 * ms,
			[]string{`<meta http-equiv="refresh" content="0;url=&#39;/lab/target&#39;">`}},
		{"503 in time", "card=down&card.ms=300&card.critical=1", 503, "", 300 * ms, []string{"<h1>503 Service Unavailable</h1>"}},
		{"503 too late", "card=down&card.ms=300&card.own=1", 0, "", 2000 * ms,
			[]string{`<meta name="robots" content="noindex">`, "Sorry, not now.", "level=ERROR", "code=503 late=true"}},
		{"an optional part", "card=error&card.ms=300&card.optional=1", 0, "", 2000 * ms, []string{"level=DEBUG", "connection refused"}},
		{"an optional part, complete", "mode=complete&card=error&card.optional=1", 0, "", 2000 * ms, []string{"connection refused"}},
		{"a critical part", "card=succeed&card.ms=300&card.critical=1", 0, "", 2000 * ms, []string{"Here after 300ms"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			query := row.query + slow
			if strings.Contains(row.query, "item=") {
				query = row.query + strings.Replace(slow, "&item=succeed&item.ms=2000", "", 1)
			}
			v := get(t, query)
			if v.Status != cmp.Or(row.status, 200) || v.Redirect != row.location {
				t.Errorf("status = %d to %q, want %d to %q", v.Status, v.Redirect, row.status, row.location)
			}
			text := html.UnescapeString(regexp.MustCompile(`</?(mark|a)\b[^>]*>`).ReplaceAllString(v.HTML, ""))
			for _, want := range row.has {
				if !strings.Contains(text, html.UnescapeString(want)) {
					t.Errorf("page = %s\nwant it to hold %s", text, want)
				}
			}
			if v.End > row.end+100*ms {
				t.Errorf("the page ended after %v, want %v", v.End, row.end)
			}
			if strings.Contains(row.name, "optional") && strings.Contains(v.HTML, `role="alert"`) {
				t.Errorf("page = %s\nwant it to show no failure", v.HTML)
			}
		})
	}
}

func TestALoadThatIsLeftBehindIsInTheLog(t *testing.T) {
	v := get(t, with("card=ignore&card.ms=500"))
	v.when(t, "load goes on, and nobody waits for it")
	if end := v.End; end > time.Second {
		t.Errorf("the page ended after %v, want it not to wait for the load", end)
	}
	if v := get(t, with("card=timeout&card.ms=500")); strings.Contains(v.HTML, "goes on") {
		t.Errorf("page = %s, want nothing of a load that has ended", v.HTML)
	}
}

func TestAFailedCardTakesWhatIsWithinAlong(t *testing.T) {
	v := get(t, with("outer=view&outer.ms=300&inner=error&inner.ms=300"))
	if got := strings.Count(v.log.String(), "level=ERROR"); got != 1 {
		t.Errorf("log = %s, want one failure", &v.log)
	}
	if end := v.End; end > 400*ms {
		t.Errorf("the page ended after %v, want it not to wait for the inner boundary", end)
	}
}

func TestNothingWaitsUnlessAsked(t *testing.T) {
	v := get(t, "")
	if end := v.End; end > 0 {
		t.Errorf("the page ended after %v, want it to end at once", end)
	}
	v.when(t, "connection refused")
	if strings.Contains(regexp.MustCompile(`(?s)<section class="card log".*`).ReplaceAllString(v.HTML, ""), "refused") {
		t.Error("a card shows the text of an error")
	}
}

func TestACompletePageThatFailedIsA500(t *testing.T) {
	for query, want := range map[string]int{
		"card=error&mode=complete":                 500,
		"card=error&card.own=1&mode=complete":      500,
		"card=error&card.optional=1&mode=complete": 200,
	} {
		if v := get(t, with(query)); v.Status != want {
			t.Errorf("%s: status = %d, want %d", query, v.Status, want)
		}
	}
}

func TestWhatIsNotKnownIsAsIfItWereNotThere(t *testing.T) {
	v := get(t, "card=explode&mode=x&item=succeed&item.ms=-5&inner=succeed&inner.ms=999999999999")
	if end := v.End; end != 5*time.Second {
		t.Errorf("the page ended after %v, want the most that a boundary may wait, 5s", end)
	}
}
