// go -C examples run ./events

// Command events writes, publishes and reads Server-Sent Events.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/, with /clock, /prices and /inbox?user=Ada")
	s := &site{}
	go s.publish(context.Background()) // until the program ends
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", s.routes()))
}

type site struct {
	public  broker.Broker
	private broker.Broker
}

func (s *site) routes() http.Handler {
	s.private.Authorize = func(r *http.Request, topic string) error {
		if user := r.FormValue("user"); user == "" || topic != "inbox."+user { // stands for a session
			return errors.New("not yours")
		}
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, page) })
	mux.Handle("GET /clock", sse.Handler(clock))
	mux.Handle("GET /prices", s.public.Topic("prices").Handler())
	mux.Handle("GET /inbox", s.private.Handler(func(r *http.Request) string { return "inbox." + r.FormValue("user") }))
	mux.Handle("POST /imports/{id}", http.HandlerFunc(s.importAll))
	return mux
}

// page shows the time in the console of the browser.
const page = `<!doctype html><title>Clock</title><script>
new EventSource("/clock").addEventListener("time", e => console.log(e.data))
</script>`

// clock is a stream for one client. It ends when the client has left.
func clock(ctx context.Context, s *sse.Stream) error {
	for tick := time.NewTicker(time.Second); ; {
		select {
		case now := <-tick.C:
			if err := s.Send(sse.Event{Name: "time", Data: now.Format(time.TimeOnly)}); err != nil {
				return err
			}
		case <-ctx.Done():
			tick.Stop()
			return ctx.Err()
		}
	}
}

// publish sends one event to all who read /prices.
func (s *site) publish(ctx context.Context) {
	for n := range 1000 {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		if _, err := s.public.Topic("prices").Publish(ctx, sse.Event{Name: "price", Data: fmt.Sprint(100 + n)}); err != nil {
			log.Println("a price was not published:", err)
		}
	}
}

// importAll reports the progress of an import on a topic of its own, which ends.
func (s *site) importAll(w http.ResponseWriter, r *http.Request) {
	progress := s.public.Topic("import." + r.PathValue("id"))
	for percent := range 3 {
		if _, err := progress.Publish(r.Context(), sse.Event{Data: fmt.Sprint(50 * percent)}); err != nil {
			http.Error(w, "Sorry", http.StatusInternalServerError)
			return
		}
	}
	if err := progress.End(r.Context()); err != nil {
		log.Println("the import has no end:", err)
	}
}

// watch reads the prices in another program. It reconnects by itself.
func watch(ctx context.Context, url string, show func(price string)) error {
	client := sse.Client{URL: url + "/prices", Idle: time.Minute}
	for event, err := range client.Events(ctx) {
		if err != nil {
			return err
		}
		show(event.Data)
	}
	return nil
}
