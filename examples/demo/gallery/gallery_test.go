package gallery_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/gallery"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
	"github.com/rivulet-go/rivulet/templates"
)

func handler() http.Handler {
	mux := http.NewServeMux()
	gallery.Register(mux, stream.Renderer{ErrorView: templates.ErrorCard})
	return mux
}

var (
	card = regexp.MustCompile(`(?s)<article class="card" id="([^"]+)".*?</article>`)
	tag  = regexp.MustCompile(`<[^>]*>`)
)

// cards returns the text of the cards of a page, by their ids.
func cards(html string) map[string]string {
	all := map[string]string{}
	for _, m := range card.FindAllStringSubmatch(html, -1) {
		all[m[1]] = strings.Join(strings.Fields(tag.ReplaceAllString(m[0], "")), " ")
	}
	return all
}

func TestTheExamplesShowWhatTheyPromise(t *testing.T) {
	for _, row := range []struct{ id, shell, end string }{
		{"await", "The weather today: a moment…", "The weather today: sunny, 21 °C"},
		{"suspense", "Loading…", "Take a hat."},
		{"text", "Loading…", "It takes what comes to it, and moves on."},
		{"each", "Loading…", "Nile, 6650 kmAmazon, 6400 kmYangtze, 6300 km"},
		{"rows", "Superiorat once", "BaikallaterTanganyikalater"},
		{"nested", "Loading…", "Its depth: 1642 m"},
		{"error-card", "Loading…", "This part of the page could not be loaded."},
		{"error-view", "Price: a moment…", "Price: on request"},
		{"dev-error", "Loading…", "query prices: connection refused"},
		{"timeout", "Stock: a moment…", "Stock: not known within a second"},
		{"optional", "Its load has failed", "Its load has failed"},
		{"cookies", "You were here first at 0", "You were here first at 0"},
		{"refresh", "Roll the die: a moment…", "Roll the die: "},
		{"every", "The server’s clock: 0", "The server’s clock: 0"},
		{"event", "You came back at 0", "You came back at 0"},
	} {
		t.Run(row.id, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				page := streamtest.Get(t, handler(), "/gallery")
				if got := cards(page.Shell)[row.id]; !strings.Contains(got, row.shell) {
					t.Errorf("at first the card says %q, want %q", got, row.shell)
				}
				if got := cards(page.HTML)[row.id]; !strings.Contains(got, row.end) {
					t.Errorf("in the end the card says %q, want %q", got, row.end)
				}
				if want := 1800 * time.Millisecond; page.ShellAt != 0 || page.End != want {
					t.Errorf("the shell came at %v and the end at %v, want 0s and %v", page.ShellAt, page.End, want)
				}
			})
		})
	}
}

func TestEveryCardHasItsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		html := streamtest.Get(t, handler(), "/gallery").HTML
		all := card.FindAllStringSubmatch(html, -1)
		if len(all) < 30 {
			t.Errorf("the page has %d cards, want all", len(all))
		}
		for _, m := range all {
			if !strings.Contains(m[0], `<li class="`) {
				t.Errorf("the card %s has no source", m[1])
			}
			if !regexp.MustCompile(`class="live"|class="see"`).MatchString(m[0]) {
				t.Errorf("the card %s has neither example nor link nor program", m[1])
			}
		}
	})
}

func TestTheModeIsChosenInTheAddress(t *testing.T) {
	for url, want := range map[string]bool{"/gallery": true, "/gallery?mode=order": false, "/gallery?mode=complete": false} {
		synctest.Test(t, func(t *testing.T) {
			if got := len(streamtest.Get(t, handler(), url).Chunks) > 0; got != want {
				t.Errorf("%s has chunks: %t, want %t", url, got, want)
			}
		})
	}
}

func TestATriedPartSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := httptest.NewRequest("GET", "/gallery", nil)
		r.Header.Set("Rivulet", "card")
		page := streamtest.Do(t, handler(), r)
		if page.Status != http.StatusOK || !strings.Contains(page.HTML, "This time it worked.") {
			t.Errorf("the answer is %d\n%s\nwant the content", page.Status, page.HTML)
		}
	})
}

func TestTheFirstVisitIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := streamtest.Get(t, handler(), "/gallery")
		set := first.Header.Get("Set-Cookie")
		if !strings.HasPrefix(set, "gallery=2000-01-01T00:00:00Z; Path=/gallery; HttpOnly") {
			t.Fatalf("the cookie is %q", set)
		}
		time.Sleep(time.Hour)
		r := httptest.NewRequest("GET", "/gallery", nil)
		r.Header.Set("Cookie", set)
		again := streamtest.Do(t, handler(), r)
		if got := again.Header.Get("Set-Cookie"); got != "" {
			t.Errorf("the second visit sets the cookie %q", got)
		}
		if got := cards(again.HTML)["cookies"]; !strings.Contains(got, `at 00:00:00`) && time.Local == time.UTC {
			t.Errorf("the second visit says %q, want the time of the first", got)
		}
	})
}

func TestAPageWithoutAScriptHasNone(t *testing.T) {
	for brand, streamed := range map[string]bool{
		`"Chromium";v="156", "Not A(Brand";v="99"`: true,
		`"Chromium";v="149"`:                       false,
		"":                                         false,
	} {
		synctest.Test(t, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/gallery/no-script", nil)
			r.Header.Set("Sec-Ch-Ua", brand)
			page := streamtest.Do(t, handler(), r)
			if strings.Contains(page.HTML, "<script") || !strings.Contains(page.HTML, "sunny") {
				t.Errorf("the page for %q is\n%s\nwant the weather and no script", brand, page.HTML)
			}
			if got := len(page.Chunks) > 0; got != streamed {
				t.Errorf("the page for %q has chunks: %t, want %t", brand, got, streamed)
			}
		})
	}
}
