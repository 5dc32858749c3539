package browsertest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// origin is that of the visit's page.
func origin(v *browsertest.Visit) string { return "http://" + v.Requests()[0].Host }

// elsewhere serves a handler on an origin of its own until the test ends.
func elsewhere(t *testing.T, h http.Handler) (url string) {
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// addresses is a File that tells the page what the test has made.
func addresses(told *[]string) browsertest.File {
	return func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Pass("addresses")
		_ = json.NewEncoder(w).Encode(*told)
	}
}

// relayCrossing is a scenario with a relay of another origin, which is asked as the
// clients of models ask.
func relayCrossing() browsertest.Scenario {
	var told []string
	return streamScenario("a relay of another origin is heard where CORS allows it", `
		const ask = async (name, url) => {
			const headers = {"Content-Type": "application/json", "Authorization": "Bearer none", "x-stainless-retry-count": "0", "anthropic-version": "1"};
			try {
				const response = await fetch(url, {method: "POST", body: "{}", headers});
				const text = await response.text();
				note(name + ": " + response.status + " " + response.headers.get("Retry-After") + " " + response.headers.get("X-Should-Retry") + " " + text.includes("[DONE]"));
			} catch {
				note(name + ": refused");
			}
		};
		(async () => {
			const [allowed, other] = await (await fetch("addresses")).json();
			await ask("answer", allowed + "?status=200");
			await ask("busy", allowed + "?status=429");
			await ask("wrong key", allowed + "?status=401");
			await ask("not allowed", other + "?status=200");
			note("done");
		})();
	`, map[string]browsertest.File{"addresses": addresses(&told)}, func(t *testing.T, v *browsertest.Visit) {
		model := elsewhere(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status, _ := strconv.Atoi(r.FormValue("status"))
			w.Header().Set("Retry-After", "5")
			w.Header().Set("Content-Type", "text/event-stream")
			w.WriteHeader(status)
			if status == http.StatusOK {
				_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}`+"\n\ndata: [DONE]\n\n")
			}
		}))
		relay := &llm.Relay{Request: func(ctx context.Context, r *http.Request) (*http.Request, error) {
			return http.NewRequestWithContext(ctx, "POST", model+"?"+r.URL.RawQuery, r.Body)
		}}
		told = nil
		for _, from := range []string{origin(v), "https://app.example"} {
			told = append(told, elsewhere(t, (&sse.CORS{Origins: []string{from}}).Handler(relay)))
		}
		v.Open("addresses")
		v.WaitNote("done")
		want := []string{"answer: 200 null null true", "busy: 429 5 null false", "wrong key: 502 null false false", "not allowed: refused", "done"}
		if got := v.Notes(); !slices.Equal(got, want) {
			t.Errorf("the page notes %q, want %q", got, want)
		}
	})
}

// crossing is a scenario with streams of other origins.
func crossing() browsertest.Scenario {
	var told []string
	return streamScenario("a stream of another origin is heard where CORS allows it", `
		const open = (name, url, init) => new Promise(done => {
			const source = new EventSource(url, init);
			source.onmessage = e => done(name + ": " + e.data);
			source.onerror = () => done(name + ": refused");
		}).then(note);
		const post = async (name, url, init) => {
			const headers = {"Content-Type": "application/json", "Last-Event-ID": "none"};
			try {
				const response = await fetch(url, {method: "POST", body: "{}", headers, ...init});
				for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
					if (part.includes("event: gap")) return note(name + ": told of a gap");
				}
			} catch {
				note(name + ": refused");
			}
		};
		(async () => {
			document.cookie = "user=ada; path=/";
			const [shared, personal, closed] = await (await fetch("addresses")).json();
			await open("shared", shared);
			await open("shared with cookies", shared, {withCredentials: true});
			await open("personal", personal);
			await open("personal with cookies", personal, {withCredentials: true});
			await open("closed", closed);
			await post("posted to shared", shared);
			await post("posted to personal with cookies", personal, {credentials: "include"});
			await post("posted to closed", closed);
			note("done");
		})();
	`, map[string]browsertest.File{
		"addresses": addresses(&told),
	}, func(t *testing.T, v *browsertest.Visit) {
		from := origin(v)
		told = nil
		for _, b := range []*broker.Broker{
			{CORS: &sse.CORS{Origins: []string{from}}},
			{CORS: &sse.CORS{Origins: []string{from}, Credentials: true}},
			{CORS: &sse.CORS{Origins: []string{"https://app.example"}}},
		} {
			topic := b.Topic("prices")
			position, err := topic.Position(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := topic.Publish(t.Context(), sse.Event{Data: "heard"}); err != nil {
				t.Fatal(err)
			}
			serve := topic.Handler()
			told = append(told, elsewhere(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodOptions {
					v.Note("with the cookie " + r.Header.Get("Cookie"))
				}
				serve.ServeHTTP(w, r)
			}))+"?lastEventId="+position)
		}
		v.Open("addresses")
		v.WaitNote("done")
		want := []string{
			"shared: heard",
			"shared with cookies: refused",
			"personal: heard",
			"personal with cookies: heard",
			"closed: refused",
			"posted to shared: told of a gap",
			"posted to personal with cookies: told of a gap",
			"posted to closed: refused",
			"done",
		}
		// The preflight keeps the last request away.
		wantCookies := []string{"", "user=ada", "", "user=ada", "", "", "user=ada"}
		var got, gotCookies []string
		for _, n := range v.Notes() {
			if cookie, ok := strings.CutPrefix(n, "with the cookie "); ok {
				gotCookies = append(gotCookies, cookie)
			} else {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the page notes %q, want %q", got, want)
		}
		if !slices.Equal(gotCookies, wantCookies) {
			t.Errorf("the cookies are %q, want %q", gotCookies, wantCookies)
		}
	})
}
