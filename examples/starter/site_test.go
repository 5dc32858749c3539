package main

import (
	"log/slog"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/rivulet-go/rivulet/stream/streamtest"
)

// sessions has a goroutine that does not end, so it is made outside of the
// bubbles of synctest.
var sessions = scs.New()

func TestTheTeasComeBeforeTheOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, newSite(sessions, false).routes(), "/")

		if !strings.Contains(page.Shell, "The latest orders") || strings.Contains(page.Shell, "Sencha") {
			t.Errorf("the shell is %s, want the headings without the teas", page.Shell)
		}
		if soon := page.At(time.Second); !strings.Contains(soon, "Sencha") {
			t.Errorf("after 1s the page is %s, want it to have the teas", soon)
		}
		if page.End != 1500*time.Millisecond {
			t.Errorf("the page took %v, want the 1.5s of its slowest load", page.End)
		}
	})
}

func TestATea(t *testing.T) {
	for _, tt := range []struct {
		path, has string
		status    int
	}{
		{"/teas/assam", "<title>Assam – Teas</title>", 200},
		{"/teas/coffee", "We do not have that", 404},
	} {
		t.Run(tt.path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				page := streamtest.Get(t, newSite(sessions, false).routes(), tt.path)
				if page.Status != tt.status || !strings.Contains(page.HTML, tt.has) {
					t.Errorf("status = %d, want %d with %s\n%s", page.Status, tt.status, tt.has, page)
				}
			})
		})
	}
}

func TestReviewsCanBeRequestedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(sessions, false)
		s.pages.Logger = slog.New(slog.DiscardHandler)
		s.shop.asked = 1 // the second time fails
		page := streamtest.Get(t, s.routes(), "/teas/assam")
		if !strings.Contains(page.HTML, "Try again") || strings.Contains(page.HTML, "is away") {
			t.Errorf("the page has no error view without the error\n%s", page)
		}

		again := httptest.NewRequest("GET", "/teas/assam", nil)
		again.Header.Set("Rivulet", "reviews")
		part := streamtest.Do(t, s.routes(), again)
		if !strings.Contains(part.HTML, "Good with rain.") || strings.Contains(part.HTML, "<h1>") {
			t.Errorf("the answer is not the reviews alone\n%s", part)
		}
	})
}

func TestAnOrderIsShownOnceToItsVisitorAndLiveToAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(sessions, false)
		position, err := site.shop.topic.Position(t.Context()) // of a page that is open
		if err != nil {
			t.Fatal(err)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		visitor := streamtest.Client{Jar: jar}
		form := url.Values{"tea": {"sencha"}}.Encode()
		order := httptest.NewRequest("POST", "/orders", strings.NewReader(form))
		order.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		to := visitor.Do(t, site.routes(), order).Redirect

		page := visitor.Get(t, site.routes(), to)
		for _, want := range []string{"Thank you for ordering Sencha.", "1 order<", "</time> Sencha"} {
			if !strings.Contains(page.HTML, want) {
				t.Errorf("the page lacks %q\n%s", want, page)
			}
		}
		if page := visitor.Get(t, site.routes(), to); strings.Contains(page.HTML, "Thank you") {
			t.Errorf("the message is shown twice\n%s", page)
		}

		// What the script of an open page asks for.
		open := streamtest.Client{Leave: streamtest.After(time.Second)}
		events := open.Get(t, site.routes(), "/orders/events?lastEventId="+position)
		if !strings.Contains(events.Body, "Sencha") {
			t.Errorf("open pages are not told of the order\n%s", events)
		}
	})
}

func TestThePolicyHasTheNonceOfThePage(t *testing.T) {
	page := streamtest.Get(t, newSite(sessions, false).routes(), "/teas/coffee")
	_, nonce, _ := strings.Cut(page.Header.Get("Content-Security-Policy"), "'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	styles, allowed := strings.Count(page.Body, "<style"), strings.Count(page.Body, `<style nonce="`+nonce+`">`)
	if nonce == "" || styles == 0 || styles != allowed {
		t.Errorf("the policy is %q\n%s", page.Header.Get("Content-Security-Policy"), page)
	}
}
