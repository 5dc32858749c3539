package browsertest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Patience limits the wait of a test for something that should happen at once.
const Patience = 30 * time.Second

// A Browser is a running browser and the server that it connects to.
type Browser struct {
	Engine *Engine

	t      testing.TB
	path   string
	server *httptest.Server
	kill   func()
	log    string // file with the browser's output
	next   chan *Visit

	mu     sync.Mutex
	visits map[string]*Visit
}

// Open starts the engine's browser. The end of the test kills it. If the browser
// is missing, the test is skipped.
func Open(t testing.TB, e *Engine) *Browser {
	t.Helper()
	b := &Browser{
		Engine: e,
		t:      t,
		path:   e.Path(t),
		kill:   func() {},
		next:   make(chan *Visit),
		visits: make(map[string]*Visit),
	}
	if e.Native {
		e.Native = patches(t, b.path)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /next", b.serveNext)
	mux.HandleFunc("/visit/{id}/", b.serveVisit)
	b.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		b.kill() // requests of its own would hold up Close
		b.server.CloseClientConnections()
		b.server.Close()
	})
	b.start()
	return b
}

func (b *Browser) start() {
	b.t.Helper()
	dir := tempDir(b.t)
	b.log = filepath.Join(dir, filepath.Base(b.path)+".log")
	b.kill = run(b.t, b.Engine.command(b.t, b.path, dir, b.server.URL+"/next"), dir)
}

// restart restarts a browser that no longer responds.
func (b *Browser) restart() {
	b.kill()
	b.server.CloseClientConnections()
	b.start()
}

// said returns the end of the browser's output.
func (b *Browser) said() string {
	text, _ := os.ReadFile(b.log)
	return string(text[max(0, len(text)-2000):])
}

// add gives the visit an id and registers it with the server.
func (b *Browser) add(v *Visit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v.id = strconv.Itoa(len(b.visits) + 1)
	b.visits[v.id] = v
}

// serveNext delays the browser until there is a page to visit.
func (b *Browser) serveNext(w http.ResponseWriter, r *http.Request) {
	select {
	case v := <-b.next:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/visit/"+v.id+"/", http.StatusSeeOther)
	case <-r.Context().Done():
	}
}

func (b *Browser) serveVisit(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	v := b.visits[r.PathValue("id")]
	b.mu.Unlock()
	if v == nil {
		http.NotFound(w, r)
		return
	}
	v.mux.ServeHTTP(w, r)
}
