//go:build nats

package board_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/examples/demo/board"
)

// operator returns the view of an operator that is connected to NATS beside the
// board.
func operator(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func bucket(t *testing.T, js jetstream.JetStream, name string) jetstream.KeyValue {
	t.Helper()
	kv, err := js.KeyValue(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return kv
}

func TestWhoIsKeptIsToldOfByAnyInstance(t *testing.T) {
	server := newNATS(t)
	s := join(t, server.URL())
	p := open(t, s)
	s.post(t, "Ada", "")
	s.post(t, "Grace", "")
	p.shows(t, "2", "1")

	// What an instance leaves that is killed when it has kept a guest.
	kv := bucket(t, operator(t, server.URL()), "board-guests")
	entry, err := kv.Get(t.Context(), "list")
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Guests []board.Guest
		Told   int
	}
	if err := json.Unmarshal(entry.Value(), &list); err != nil {
		t.Fatal(err)
	}
	list.Guests = append([]board.Guest{{Number: 3, Name: "Lin"}}, list.Guests...)
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Put(t.Context(), "list", text); err != nil {
		t.Fatal(err)
	}
	p.shows(t, "3", "2", "1")
}

func TestTheBoardGoesOnWhenAnOperatorDeletes(t *testing.T) {
	for _, row := range []struct {
		what string
		do   func(*testing.T, jetstream.JetStream) error
		want []string // is on the page when one more has signed
	}{
		{"the list", func(t *testing.T, js jetstream.JetStream) error {
			return bucket(t, js, "board-guests").Delete(t.Context(), "list")
		}, []string{"1"}},
		{"the bucket of the list", func(t *testing.T, js jetstream.JetStream) error {
			return js.DeleteKeyValue(t.Context(), "board-guests")
		}, []string{"1"}},
		{"the bucket of the instances", func(t *testing.T, js jetstream.JetStream) error {
			return js.DeleteKeyValue(t.Context(), "board-instances")
		}, []string{"3", "2", "1"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			server := newNATS(t)
			s := join(t, server.URL())
			p := open(t, s)
			s.post(t, "Ada", "")
			s.post(t, "Grace", "")
			p.shows(t, "2", "1")
			if err := row.do(t, operator(t, server.URL())); err != nil {
				t.Fatal(err)
			}
			until(t, "somebody signs", func() bool {
				resp, _ := s.post(t, "Lin", "")
				return resp.StatusCode == http.StatusSeeOther
			})
			p.shows(t, row.want...)
			until(t, "the page has figures", func() bool {
				_, html := s.get(t, "/board")
				return strings.Contains(html, "boards open</dt>") || strings.Contains(html, "board open</dt>")
			})
		})
	}
}

func TestAReportThatIsNoneIsLeftOut(t *testing.T) {
	server := newNATS(t)
	s := join(t, server.URL())
	if _, err := bucket(t, operator(t, server.URL()), "board-instances").PutString(t.Context(), "other", "{"); err != nil {
		t.Fatal(err)
	}
	if _, html := s.get(t, "/board"); !strings.Contains(html, "requests a second") {
		t.Errorf("the page is %s, want figures", html)
	}
}
