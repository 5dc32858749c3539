package chat_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// ask sends the form and returns the URL of the page with the answers.
func ask(t *testing.T, h http.Handler, more ...string) string {
	t.Helper()
	w := &reply{start: time.Now(), header: http.Header{}}
	h.ServeHTTP(w, form("Why?", more...))
	if w.status != http.StatusSeeOther {
		t.Fatalf("status = %d, want 303", w.status)
	}
	return w.header.Get("Location")
}

// shown is the text of the three answers of a page: what stands in the shell, and the
// pieces that follow.
func shown(w *reply) (answers [3]string) {
	page := w.html()
	names := regexp.MustCompile(`<div class="answer" aria-live="polite">([^<]*)<\?start name="(\d+)">`).FindAllStringSubmatch(page, -1)
	for i, m := range names {
		answers[i] = m[1]
		for _, piece := range regexp.MustCompile(`<template for="`+m[2]+`">(.*?)(<\?start name="`+m[2]+`"><\?end>)?</template>`).FindAllStringSubmatch(page, -1) {
			answers[i] += piece[1]
		}
	}
	return answers
}

func get(h http.Handler, url string) *reply { return visit(h, httptest.NewRequest("GET", url, nil)) }

func TestAnAnswerSurvivesItsPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(says(time.Second, "one", " two", " three", " four"))
		h := handler(u.endpoint())
		page := ask(t, h, "key", "k3f9")
		if again := ask(t, h, "key", "k3f9"); again != page {
			t.Errorf("the form sent twice leads to %s, want %s", again, page)
		}
		if other := ask(t, h, "key", "k3f9", "question", "Why not?"); other == page {
			t.Error("another question with the same key has the same answers")
		}
		ctx, leave := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer leave()
		go func() { // the first page, which is left; it ends before the others
			defer func() { _ = recover() }()
			visit(h, httptest.NewRequest("GET", page, nil).WithContext(ctx))
		}()
		tabs := make(chan *reply)
		for range 2 {
			go func() { // received from below
				<-ctx.Done()
				tabs <- get(h, page)
			}()
		}
		want := [3]string{"one two three four", "one two three four", "one two three four"}
		for range 2 {
			if got := shown(<-tabs); got != want {
				t.Errorf("a page that was loaded again shows %q, want %q", got, want)
			}
		}
		if got := strings.Count(get(h, page).html(), "one two three four"); got != 3 {
			t.Errorf("a page after the end shows %d answers in place, want 3", got)
		}
		if len(u.asked) != 6 { // for two questions
			t.Errorf("the model was asked %d times, want once for each answer", len(u.asked))
		}
	})
}

// TestAFetchedAnswerSurvivesItsPage reads the answer of the script as its page does:
// half of it, all of it in two tabs after a reload, and all of it after its end.
func TestAFetchedAnswerSurvivesItsPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(says(time.Second, "one", " <two>\n", " three", " four"))
		h := handler(u.endpoint())
		source := fetched(t, h, "k3f9")
		if again := fetched(t, h, "k3f9"); again != source {
			t.Errorf("the same request leads to %s, want %s", again, source)
		}
		ctx, leave := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer leave()
		if got, want := events(t, cutPage(h, httptest.NewRequest("GET", source, nil).WithContext(ctx))), "one| <two>\n"; got != want {
			t.Errorf("the first page has %q, want %q", got, want)
		}
		want := "one| <two>\n| three| four|end"
		tabs := make(chan string)
		for range 2 {
			go func() { tabs <- events(t, get(h, source)) }() // received from below
		}
		for range 2 {
			if got := <-tabs; got != want {
				t.Errorf("a page that was loaded again has %q, want %q", got, want)
			}
		}
		if got := events(t, get(h, source)); got != want {
			t.Errorf("a page after the end has %q, want %q", got, want)
		}
		if len(u.asked) != 1 {
			t.Errorf("the model was asked %d times, want once", len(u.asked))
		}
	})
}

func TestAFetchedAnswerIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(says(time.Second, "one", " two", " three"))
		h := handler(u.endpoint())
		source := fetched(t, h, "k3f9")
		tab := make(chan string)
		go func() { tab <- events(t, get(h, source)) }() // received from below
		if err := wait(t.Context(), 2500*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		q, _ := url.Parse(source)
		r := httptest.NewRequest("POST", "/chat/stop", strings.NewReader(url.Values{"stop": {q.Query().Get("topic") + "~"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if w := visit(h, r); w.status != http.StatusNoContent {
			t.Errorf("status = %d, want 204", w.status)
		}
		<-u.ended
		if got, want := <-tab, "one| two|failed|end"; got != want {
			t.Errorf("another tab has %q, want %q", got, want)
		}
	})
}

// events returns the data of the events that have none but the default name, and the
// names of the others.
func events(t *testing.T, w *reply) string {
	var all []string
	for e, err := range sse.NewReader(strings.NewReader(w.html())).Events() {
		if err != nil {
			t.Error(err)
		}
		all = append(all, cmp.Or(e.Name, e.Data))
	}
	return strings.Join(all, "|")
}

func TestAnAnswerIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(says(time.Second, "one", " two", " three", " four"))
		h := handler(u.endpoint())
		page, err := url.Parse(ask(t, h))
		if err != nil {
			t.Fatal(err)
		}
		if err := wait(t.Context(), 2500*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		q := url.Values{"page": {page.RawQuery}, "stop": {page.Query()["run"][1]}}
		r := httptest.NewRequest("POST", "/chat/stop", strings.NewReader(q.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := visit(h, r)
		if got, want := strings.Count(w.html(), "4 words<"), 2; got != want {
			t.Errorf("page = %s\nhas %d whole answers, want %d", w.html(), got, want)
		}
		if !strings.Contains(w.html(), "Stopped after 2 words") {
			t.Errorf("page = %s\nwant an answer that was stopped", w.html())
		}
	})
}

func TestAnAnswerThatIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := handler(newUpstream(says(0, "yes")).endpoint())
		page := ask(t, h)
		synctest.Wait()
		if err := wait(t.Context(), 15*time.Minute); err != nil {
			t.Fatal(err)
		}
		var w *reply
		log := logged(func() { w = get(h, page) })
		if got := strings.Count(w.html(), "no longer kept"); got != 3 || log != "" {
			t.Errorf("page = %s\nlog = %s\nwant that three answers are not kept", w.html(), log)
		}
	})
}

// TestAnAnswerSurvivesCutPages cuts the page 200 times at random moments. Each page
// shows a beginning of the text, and the last one all of it.
func TestAnAnswerSurvivesCutPages(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	synctest.Test(t, func(t *testing.T) {
		var words []string
		for i := range 300 {
			words = append(words, fmt.Sprintf(" %d", i))
		}
		text := strings.Join(words, "")
		u := newUpstream(says(50*time.Millisecond, words...))
		h := handler(u.endpoint())
		page, longest := ask(t, h), 0
		for range 200 {
			ctx, leave := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(150*time.Millisecond))))
			got := shown(cutPage(h, httptest.NewRequest("GET", page, nil).WithContext(ctx)))
			leave()
			for _, answer := range got {
				if !strings.HasPrefix(text, answer) {
					t.Fatalf("a page that was cut shows %q, want a beginning of %q; seed %d", answer, text, seed)
				}
				longest = max(longest, len(answer))
			}
		}
		if longest < len(text)/2 {
			t.Errorf("the pages show %d bytes of %d, want most of them", longest, len(text))
		}
		if got := strings.Count(get(h, page).html(), text+"<"); got != 3 {
			if got := shown(get(h, page)); got != [3]string{text, text, text} {
				t.Errorf("the last page shows %q, want %q three times; seed %d", got, text, seed)
			}
		}
		if len(u.asked) != 3 {
			t.Errorf("the model was asked %d times, want 3", len(u.asked))
		}
	})
}

// cutPage returns what a visitor has who leaves early.
func cutPage(h http.Handler, r *http.Request) (w *reply) {
	w = &reply{start: time.Now(), header: http.Header{}}
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	return w
}
