package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestPricesReachTheClient(t *testing.T) {
	s := &site{}
	server := httptest.NewServer(s.routes())
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got := make(chan string)
	ended := make(chan error, 1)
	go func() { // the test waits for it below
		ended <- watch(ctx, server.URL, func(price string) { got <- price })
	}()
	for s.public.Stats().Subscribers == 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if _, err := s.public.Topic("prices").Publish(ctx, sse.Event{Name: "price", Data: "42"}); err != nil {
		t.Fatal(err)
	}
	select {
	case price := <-got:
		if price != "42" {
			t.Errorf("price = %q, want 42", price)
		}
	case <-ctx.Done():
		t.Fatal("no price has come")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("watch() = %v, want the end of the context", err)
	}
}

func TestAnInboxIsForItsUser(t *testing.T) {
	s := &site{}
	w := httptest.NewRecorder()
	s.routes().ServeHTTP(w, httptest.NewRequest("GET", "/inbox", nil))
	if w.Code != http.StatusForbidden {
		t.Errorf("status = %d, want 403", w.Code)
	}
}

func TestAnImportEnds(t *testing.T) {
	s := &site{}
	topic := s.public.Topic("import.1")
	before, err := topic.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.routes().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/imports/1", nil))

	w := httptest.NewRecorder()
	topic.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/?lastEventId="+before, nil))
	if got := w.Body.String(); !strings.Contains(got, "data: 100") || !strings.Contains(got, "event: end") {
		t.Errorf("who has missed it receives %q, want the progress and the end", got)
	}
	w = httptest.NewRecorder()
	topic.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusNoContent {
		t.Errorf("who comes later receives %d, want 204", w.Code)
	}
	var got []string
	for event, err := range topic.Subscribe(t.Context(), before) {
		if err == nil {
			got = append(got, event.Data)
		}
	}
	if want := []string{"0", "50", "100"}; !slices.Equal(got, want) {
		t.Errorf("progress = %q, want %q", got, want)
	}
}

func TestTheClockTicks(t *testing.T) {
	server := httptest.NewServer((&site{}).routes())
	defer server.Close()
	resp, err := http.Get(server.URL + "/clock")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	event, err := sse.NewReader(resp.Body).Next()
	if err != nil || event.Name != "time" {
		t.Errorf("event = %v, %v; want the time", event, err)
	}
}
