package browsertest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/lossy"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// unharmed is a scenario in which the connections of some EventSources are cut,
// 200 times in all. Firefox waits half a second after each, so they are many.
//
// Each has a frame, and an origin, of its own: browsers open few connections to
// one, and Firefox does not come back to another origin than the page's when a
// connection is cut before the end of the head.
func unharmed() browsertest.Scenario {
	const sources, cuts = 10, 20
	var told []string
	var mu sync.Mutex
	var received [sources][]lossy.Received
	return streamScenario("EventSource loses nothing when its connections are cut", `
		addEventListener("message", e => fetch("received", {method: "POST", body: e.data}));
		fetch("addresses").then(response => response.json()).then(urls => {
			for (const url of urls) {
				const frame = document.createElement("iframe");
				frame.src = url;
				document.body.append(frame);
			}
		});
	`, map[string]browsertest.File{
		"addresses": addresses(&told),
		"POST received": func(v *browsertest.Visit, _ http.ResponseWriter, r *http.Request) {
			var report struct {
				N        int
				Received []lossy.Received
			}
			if err := json.NewDecoder(r.Body).Decode(&report); err != nil {
				v.Note(err.Error())
				return
			}
			mu.Lock()
			received[report.N] = report.Received
			mu.Unlock()
			v.Note(fmt.Sprintf("source %d has ended", report.N))
		},
	}, func(t *testing.T, v *browsertest.Visit) {
		b := broker.Broker{Stream: sse.Options{Retry: time.Millisecond}}
		told = nil
		var trials []*lossy.Trial
		for n := range sources {
			topic := b.Topic(fmt.Sprint(n))
			mux := http.NewServeMux()
			mux.Handle("/events", topic.Handler())
			mux.HandleFunc("/frame", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Connection", "close") // streams have their own
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, frame)
			})
			trial := lossy.Start(t, topic, elsewhere(t, mux)+"/events", lossy.Cuts{Times: cuts, Reset: true})
			trials = append(trials, trial)
			told = append(told, fmt.Sprintf("%s&n=%d", strings.Replace(trial.URL, "/events", "/frame", 1), n))
		}
		v.Open("addresses")
		for n, trial := range trials {
			v.WaitNote(fmt.Sprintf("source %d has ended", n))
			mu.Lock()
			got := received[n]
			mu.Unlock()
			trial.Judge(t, got)
		}
	})
}

// frame receives a trial's events and hands them to the page.
const frame = `<!DOCTYPE html>
<title>frame</title>
<script>
	const query = new URLSearchParams(location.search);
	const source = new EventSource("events?lastEventId=" + query.get("lastEventId"));
	const received = [];
	const tell = () => parent.postMessage(JSON.stringify({n: Number(query.get("n")), received}), "*");
	const hear = e => {
		received.push({name: e.type, id: e.lastEventId, data: e.data});
		if (e.type == "finish") {
			source.close();
			tell();
		}
	};
	for (const name of ["message", "price", "note", "finish"]) source.addEventListener(name, hear);
	source.onerror = () => {
		if (source.readyState == EventSource.CLOSED) tell(); // given up
	};
</script>
`
