package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// newNATS starts a server that keeps what it has in dir.
func newNATS(t *testing.T, addr, dir string) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Addr: addr, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// An instance is one of several that have a NATS server in common.
type instance struct {
	*guests
	url   string
	store *natsbroker.Store
	stop  func() // ends announce
}

// join makes an instance that announces nothing yet. What its pages are told of goes
// through before, unless that is nil.
func join(t *testing.T, url string, before func() error) *instance {
	t.Helper()
	store, err := natsbroker.Open(t.Context(), natsbroker.Options{
		URL: url, Stream: "GUESTS", Bytes: 64 << 20, Connect: []nats.Option{nats.ReconnectWait(20 * time.Millisecond)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	g, err := open(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if before != nil {
		g.broker.Store = interrupted{store, before}
	}
	server := httptest.NewServer(g.routes())
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = g.broker.Shutdown(context.Background()) })
	return &instance{guests: g, url: server.URL, store: store}
}

// begin makes an instance that announces what is changed.
func begin(t *testing.T, url string, before func() error) *instance {
	t.Helper()
	i := join(t, url, before)
	ctx, cancel := context.WithCancel(context.Background())
	var announced sync.WaitGroup
	announced.Go(func() { i.announce(ctx) })
	i.stop = func() { cancel(); announced.Wait() }
	t.Cleanup(i.stop)
	return i
}

// until waits until the instance has a connection, or none.
func (i *instance) until(t *testing.T, connected bool) {
	t.Helper()
	for tries := 0; i.store.Stats().Connected != connected; tries++ {
		if tries == 2000 {
			t.Fatalf("connected is still %t", !connected)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// An interrupted store calls before for each event, and refuses it with its error.
type interrupted struct {
	broker.Store
	before func() error
}

func (l interrupted) Append(ctx context.Context, topic string, e sse.Event) (broker.Mark, error) {
	if err := l.before(); err != nil {
		return broker.Mark{}, err
	}
	return l.Store.Append(ctx, topic, e)
}

// A page is an open page of the list, as its visitor sees it.
type page struct {
	url    string
	loaded []string
	events *sse.Reader
}

var (
	position = regexp.MustCompile(`<\?live guests (\d+) ([^ >]+)>`)
	row      = regexp.MustCompile(`<li>(.*?)</li>`)
)

// names are those of the rows in a page or in an event.
func names(html string) (all []string) {
	for _, found := range row.FindAllStringSubmatch(html, -1) {
		all = append(all, found[1])
	}
	return all
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// load loads the page and opens its stream, as its script does.
func load(t *testing.T, url string) *page {
	t.Helper()
	html, err := io.ReadAll(get(t, url).Body)
	found := position.FindStringSubmatch(string(html))
	if err != nil || found == nil {
		t.Fatalf("page = %s, %v, want a region", html, err)
	}
	return &page{url, names(string(html)), sse.NewReader(get(t, url+found[2]+found[1]).Body)}
}

// next waits for the next event, which is the list.
func (p *page) next() (sse.Event, error) {
	for e, err := range p.events.Events() {
		return e, err
	}
	return sse.Event{}, io.EOF
}

// shows waits until the page shows these names, in this order, without a gap.
func (p *page) shows(t *testing.T, want ...string) {
	t.Helper()
	for {
		e, err := p.next()
		if err != nil || e.Name != "" {
			t.Fatalf("%+v, %v, before %q", e, err, want)
		}
		if slices.Equal(names(e.Data), want) {
			return
		}
	}
}

// last returns the last list of a topic to which nothing is published any more.
func (p *page) last(t *testing.T, topic broker.Topic) (all []string) {
	t.Helper()
	if _, err := topic.Publish(t.Context(), sse.Event{Name: "marker"}); err != nil {
		t.Fatal(err)
	}
	for {
		e, err := p.next()
		switch {
		case err != nil:
			t.Fatal(err)
		case e.Name == "marker":
			return all
		}
		all = names(e.Data)
	}
}

// post adds a guest and returns the status of the answer.
func post(t *testing.T, at, name string) int {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(at+"/guests", url.Values{"name": {name}})
	if err != nil {
		t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// added adds a guest, who must be on the list then.
func added(t *testing.T, at, name string) {
	t.Helper()
	if status := post(t, at, name); status != http.StatusSeeOther {
		t.Errorf("POST of %q answers %d, want %d", name, status, http.StatusSeeOther)
	}
}

func TestWhoIsAddedOnOneInstanceIsOnThePagesOfAll(t *testing.T) {
	nats := newNATS(t, "127.0.0.1:0", t.TempDir())
	a, b := begin(t, nats.URL(), nil), begin(t, nats.URL(), nil)
	p := load(t, b.url)
	added(t, a.url, "Ada <3")
	p.shows(t, "Ada &lt;3")
	if got, want := load(t, b.url).loaded, []string{"Ada &lt;3"}; !slices.Equal(got, want) {
		t.Errorf("a page that is loaded now shows %q, want %q", got, want)
	}
}

func TestTheLastEventIsTheList(t *testing.T) {
	t.Run("after twenty guests on two instances at once", func(t *testing.T) {
		nats := newNATS(t, "127.0.0.1:0", t.TempDir())
		a, b := begin(t, nats.URL(), nil), begin(t, nats.URL(), nil)
		p := load(t, a.url)
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() { added(t, []string{a.url, b.url}[n%2], fmt.Sprint("guest ", n)) })
		}
		all.Wait()
		a.stop()
		b.stop()
		want := load(t, b.url).loaded
		if got := p.last(t, a.topic); len(got) != 20 || !slices.Equal(got, want) {
			t.Errorf("the last event has %q, want all as they are on the page, %q", got, want)
		}
	})

	t.Run("when an instance is overtaken", func(t *testing.T) {
		nats := newNATS(t, "127.0.0.1:0", t.TempDir())
		reached, released := make(chan struct{}), make(chan struct{})
		held := sync.OnceFunc(func() { close(reached); <-released })
		a := begin(t, nats.URL(), func() error { held(); return nil })
		b := begin(t, nats.URL(), nil)
		p := load(t, b.url)
		added(t, a.url, "Ada")
		<-reached // it has read the list, with Ada
		added(t, b.url, "Grace")
		p.shows(t, "Ada", "Grace")
		close(released)
		p.shows(t, "Ada") // since it was late
		p.shows(t, "Ada", "Grace")
	})
}

func TestAnInstanceThatCannotPublish(t *testing.T) {
	t.Run("does it later", func(t *testing.T) {
		nats := newNATS(t, "127.0.0.1:0", t.TempDir())
		refusals := make(chan error, 2)
		refusals <- broker.ErrUnavailable
		refusals <- broker.ErrUnavailable
		close(refusals)
		a := begin(t, nats.URL(), func() error { return <-refusals })
		p := load(t, begin(t, nats.URL(), nil).url)
		added(t, a.url, "Ada")
		p.shows(t, "Ada")
	})

	t.Run("does it before it ends", func(t *testing.T) {
		nats := newNATS(t, "127.0.0.1:0", t.TempDir())
		a, b := join(t, nats.URL(), nil), join(t, nats.URL(), nil)
		p := load(t, b.url)
		added(t, a.url, "Ada")
		if err := a.broker.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		a.announce(ctx)
		p.shows(t, "Ada")
	})

	t.Run("leaves it to the next that begins if it is killed", func(t *testing.T) {
		nats := newNATS(t, "127.0.0.1:0", t.TempDir())
		a, b := join(t, nats.URL(), nil), begin(t, nats.URL(), nil)
		p := load(t, b.url)
		added(t, a.url, "Ada")
		begin(t, nats.URL(), nil)
		p.shows(t, "Ada")
	})
}

func TestANameThatIsTooLongIsRefused(t *testing.T) {
	a := join(t, newNATS(t, "127.0.0.1:0", t.TempDir()).URL(), nil)
	if status := post(t, a.url, strings.Repeat("é", 41)); status != http.StatusBadRequest {
		t.Errorf("POST answers %d, want %d", status, http.StatusBadRequest)
	}
	added(t, a.url, strings.Repeat("é", 40))
}

func TestWhileNATSIsAway(t *testing.T) {
	dir := t.TempDir()
	server := newNATS(t, "127.0.0.1:0", dir)
	a, b := begin(t, server.URL(), nil), begin(t, server.URL(), nil)
	p := load(t, b.url)
	added(t, a.url, "Ada")
	p.shows(t, "Ada")

	addr := strings.TrimPrefix(server.URL(), "nats://")
	server.Close()
	a.until(t, false)
	if status := post(t, a.url, "Grace"); status != http.StatusServiceUnavailable {
		t.Errorf("POST answers %d, want %d", status, http.StatusServiceUnavailable)
	}

	newNATS(t, addr, dir)
	a.until(t, true)
	added(t, a.url, "Mary")
	p.shows(t, "Ada", "Mary") // on the stream that was open before
	a.stop()                  // before the server is
	b.stop()
}
