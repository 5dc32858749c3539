// go -C examples run ./session

// Command session keeps a visitor's session with alexedwards/scs. The session
// is saved with the first byte of a page. So what a load changes in it has to be
// changed before: its boundary is critical.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"

	"github.com/rivulet-go/rivulet/stream"
)

func main() {
	fmt.Println("http://127.0.0.1:8080/")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes()))
}

func routes() http.Handler {
	s := shop{scs.New()}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return s.Page(), nil
	}))
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		s.sessions.Put(r.Context(), "message", "Thank you for "+r.FormValue("article")+".")
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return http.NewCrossOriginProtection().Handler(s.sessions.LoadAndSave(mux))
}

type shop struct{ sessions *scs.SessionManager }

// message is the load of a critical boundary. It takes the message out of the
// session, so that it is shown once.
func (s shop) message(ctx context.Context) (string, error) {
	time.Sleep(10 * time.Millisecond) // stands for a query
	return s.sessions.PopString(ctx, "message"), nil
}

// orders is the load of a boundary that is not critical. It must not change the
// session.
func (s shop) orders(ctx context.Context) (int, error) {
	return 1, ctx.Err()
}
