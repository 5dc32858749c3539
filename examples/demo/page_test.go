package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A piece is what left the server with one flush.
type piece struct {
	at   time.Duration // since the request, to the millisecond
	html string
}

// A line is a connection that notes what leaves and when.
type line struct {
	start  time.Time
	header http.Header
	unsent bytes.Buffer
	sent   []piece
	log    bytes.Buffer // what was logged meanwhile
}

func (l *line) Header() http.Header         { return l.header }
func (l *line) WriteHeader(int)             {}
func (l *line) Write(p []byte) (int, error) { return l.unsent.Write(p) }

func (l *line) Flush() {
	if l.unsent.Len() > 0 {
		l.sent = append(l.sent, piece{time.Since(l.start).Truncate(time.Millisecond), l.unsent.String()})
		l.unsent.Reset()
	}
}

func (l *line) html() (html string) {
	for _, p := range l.sent {
		html += p.html
	}
	return html
}

// get asks the demo for a page in virtual time.
func get(t *testing.T, url string) (l *line) {
	t.Helper()
	handler := site(someStock(t, nil))
	synctest.Test(t, func(t *testing.T) {
		l = &line{start: time.Now(), header: http.Header{}}
		before := slog.Default()
		defer slog.SetDefault(before)
		slog.SetDefault(slog.New(slog.NewTextHandler(&l.log, nil)))
		handler.ServeHTTP(l, httptest.NewRequest("GET", url, nil))
		l.Flush()
	})
	return l
}

// contents is what each boundary shows in the end, by Source.
var contents = map[string]string{
	"level":   "1.42 m",
	"weather": "clear by noon",
	"packing": "<li class=\"arrived\">Sun hat",
	"route":   "the stone bridge",
	"boats":   "<tr class=\"arrived\"><td>Rowing boat",
	"ferry":   "<div class=\"arrived failed\">",
	"locks":   "Weir lock",
	"stops":   "Landing stage",
	"webcam":  "No picture just now",
}

func TestTheShellLeavesFirst(t *testing.T) {
	page := get(t, "/river")
	shell := page.sent[0]
	if shell.at > 5*time.Millisecond {
		t.Errorf("shell left after %v, want at most the grace of 5ms", shell.at)
	}
	for _, s := range sources {
		if !strings.Contains(shell.html, ">"+s.Title+"<") && s.ID != "locks" {
			t.Errorf("shell does not hold the card %q", s.Title)
		}
		in := strings.Contains(shell.html, contents[s.ID])
		if inPlace := s.ID == "level"; in != inPlace {
			t.Errorf("shell holds the content of %s: %v, want %v", s.ID, in, inPlace)
		}
	}
}

func TestContentArrivesWhenItsLoadIsReady(t *testing.T) {
	for _, visit := range []struct {
		name, url string
		pace      time.Duration
	}{
		{"at first", "/river", 1},
		{"modest", "/river?slow=1", 1},
		{"slow", "/river?slow=2", 2},
		{"slower", "/river?slow=3", 4},
		{"an unknown pace is the modest one", "/river?slow=9", 1},
	} {
		t.Run(visit.name, func(t *testing.T) {
			page := get(t, visit.url)
			for _, s := range sources[1:] {
				i := slices.IndexFunc(page.sent, func(p piece) bool { return strings.Contains(p.html, contents[s.ID]) })
				if i < 0 {
					t.Errorf("%s never arrived", s.ID)
				} else if got, want := page.sent[i].at, s.Takes*visit.pace; got != want {
					t.Errorf("%s arrived after %v, want %v", s.ID, got, want)
				}
			}
			if end := page.sent[len(page.sent)-1]; !strings.HasSuffix(strings.TrimSpace(end.html), "</body></html>") {
				t.Errorf("last piece = %q, want it to end the page", end.html)
			}
		})
	}
}

func TestEveryModeShowsTheSame(t *testing.T) {
	want := revealed(get(t, "/river?mode=complete").html())
	for _, s := range sources {
		if strings.Count(want, contents[s.ID]) != 1 {
			t.Errorf("complete page shows %q %d times, want once", contents[s.ID], strings.Count(want, contents[s.ID]))
		}
	}
	for _, url := range []string{"/river", "/river?mode=order"} {
		if got := revealed(get(t, url).html()); got != want {
			t.Errorf("GET %s shows\n%s\nwant\n%s", url, got, want)
		}
	}
}

var (
	chunk  = regexp.MustCompile(`(?s)<template for="([^"]+)">(.*?)</template><!/>`)
	script = regexp.MustCompile(`(?s)<script.*?</script>`)
	varies = regexp.MustCompile(`[A-Z2-7]{8,}|(?s)<p class="lead">.*?</p>|<div class="choices">.*?</div>|<body[^>]*>|<div class="now.*?</div>|/river\?mode=order&amp;`)
)

// revealed does the browser's work: it puts each chunk in its boundary. What
// differs by mode or by request on purpose is left out: nonces, digests, links,
// the clock and what the page says about its mode.
func revealed(html string) string {
	html = script.ReplaceAllString(html, "")
	for m := chunk.FindStringSubmatch(html); m != nil; m = chunk.FindStringSubmatch(html) {
		before, rest, _ := strings.Cut(html, `<?start name="`+m[1]+`">`)
		_, after, _ := strings.Cut(rest, `<?end>`)
		html = strings.Replace(before, m[0], "", 1) + m[2] + strings.Replace(after, m[0], "", 1)
	}
	return varies.ReplaceAllString(html, "")
}

func TestThePolicyAllowsThePage(t *testing.T) {
	nonces := map[string]bool{}
	for _, url := range []string{"/river", "/river?mode=order", "/river?mode=complete"} {
		page := get(t, url)
		m := regexp.MustCompile(`script-src 'nonce-([^']+)'`).FindStringSubmatch(page.header.Get("Content-Security-Policy"))
		if m == nil || nonces[m[1]] {
			t.Fatalf("GET %s: policy = %q, want a nonce of its own", url, page.header.Get("Content-Security-Policy"))
		}
		nonces[m[1]] = true
		for _, tag := range regexp.MustCompile(`<(script|style)\b[^>]*>`).FindAllString(page.html(), -1) {
			if !strings.Contains(tag, `nonce="`+m[1]+`"`) {
				t.Errorf("GET %s: %s does not carry the nonce %s", url, tag, m[1])
			}
		}
		if bad := regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)=[^>]*>`).FindString(script.ReplaceAllString(page.html(), "")); bad != "" {
			t.Errorf("GET %s: the policy forbids %s", url, bad)
		}
	}
}

func TestTheLogHasTheDigestOfTheFailure(t *testing.T) {
	page := get(t, "/river")
	for _, want := range []string{
		`name=ferry digest=([A-Z2-7]{8}) path=/river error="timetable: connection refused"`,
		`name=webcam digest=([A-Z2-7]{8}) path=/river error="timeout after 1.4s"`,
	} {
		m := regexp.MustCompile(want).FindStringSubmatch(page.log.String())
		if m == nil {
			t.Errorf("log = %s\nwant a line that matches %s", &page.log, want)
		} else if !strings.Contains(page.html(), m[1]) {
			t.Errorf("page does not show the digest %s", m[1])
		}
	}
	if strings.Contains(page.html(), "refused") {
		t.Error("page shows the text of an error")
	}
}
