package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/hostiletest"
)

// TestAttacksOnTheDemo attacks every page of the demo. The key of its model is
// what no visitor may see.
func TestAttacksOnTheDemo(t *testing.T) {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(log) })

	model := someModel(t)
	s := someStock(t, someFlights(t), model)
	server, err := hostiletest.Serve(site(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	hostiletest.Test(t, &hostiletest.Site{
		Server:  server,
		Target:  demoTarget,
		Streams: []string{"/board/events"},
		Healthy: []string{"/search?q=%s", "/lab?t=%s&card=error&outer=succeed&inner=panic", "/?t=%s", "/board?t=%s"},
		Closed:  []string{"/inspect/", "/inspect/?format=json", "/inspect/?events=1"},
		Secrets: []string{model.Key, filepath.Dir(t.TempDir()), sharedDir(t)},
		Quiesce: http.DefaultTransport.(*http.Transport).CloseIdleConnections, // to the model
		Most:    512 << 20,
		Slack:   48 << 20, // the inspector keeps 200 responses
	})
}

// demoTarget is a page of the demo, or one of its forms.
func demoTarget(r *rand.Rand, token string) hostiletest.Target {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	q, typed := url.Values{}, hostiletest.Value(r.IntN)
	page := func(path string) hostiletest.Target {
		q.Set("t", token)
		return hostiletest.Target{URI: path + "?" + q.Encode(), Whole: hostiletest.WholePage}
	}
	form := func(path string, values url.Values) hostiletest.Target {
		return hostiletest.Target{Method: http.MethodPost, URI: path + "?t=" + token, Type: "application/x-www-form-urlencoded",
			Body: values.Encode(), Whole: hostiletest.WholePage}
	}
	switch r.IntN(12) {
	case 0:
		return page("/")
	case 1:
		q = url.Values{"mode": {one("", "order", "complete")}, "limit": {one("0", "1", "2")}, "grace": {one("0", "100")},
			"month": {one("1", "6", "7")}, "haul": {one("1", "3", "-1")}, "airport": {one("JFK", "ATL", typed)}}
		return page("/dashboard")
	case 2, 3:
		q.Set("mode", one("", "order", "complete"))
		for _, part := range []string{"card", "item", "rows", "outer", "inner"} {
			q.Set(part, one("succeed", "error", "panic", "view", "timeout", "ignore", "goexit"))
			q.Set(part+".ms", fmt.Sprint(r.IntN(150)))
			if r.IntN(2) == 0 {
				q.Set(part+".own", "1")
			}
		}
		t := page("/lab")
		t.Tells = true // below each part stands what the log says
		return t
	case 4, 5, 6:
		q.Set("q", token+" "+typed)
		if r.IntN(2) == 0 {
			q.Set("q", one("star", "a", "love", "the war"))
		}
		switch r.IntN(3) {
		case 0:
			t := page("/search/results")
			t.Whole = nil // a fragment
			return t
		case 1:
			return page("/search/htmx")
		}
		return page("/search")
	case 7:
		return form("/chat", url.Values{"question": {token + " " + typed}, "pace": {one("0", "30", "-1", typed)}, "mode": {one("", "order")}})
	case 8:
		return hostiletest.Target{Method: http.MethodPost, URI: "/chat/answer?t=" + token, Type: "application/json",
			Body: fmt.Sprintf(`{"key":%q,"question":%q,"pace":"0"}`, token, strings.ToValidUTF8(typed, ""))}
	case 9:
		return form("/board", url.Values{"name": {typed}, "words": {hostiletest.Value(r.IntN)}})
	case 10:
		return page(one("/chat", "/chat/fetch", "/board", "/missing", "/airports", "/airports/"+one("ATL", "BAL", "XYZ", url.PathEscape(typed))))
	default:
		t := page("/source/" + one("start", "lab", "chat", "nothing", url.PathEscape(typed)))
		t.Tells = true // it is the text of programs
		return t
	}
}
