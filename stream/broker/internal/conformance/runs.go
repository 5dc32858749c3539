package conformance

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// Stores calls test with stores of two or more processes that share their events, and
// that share nothing with earlier ones.
type Stores func(t *testing.T, retain broker.Retention, test func(t *testing.T, stores []broker.Store))

// RunShared tests what runs need of stores: see broker.Broker.Start. It needs three
// stores each time. The time may be virtual.
func RunShared(t *testing.T, open Stores) {
	for _, c := range []struct {
		name string
		age  time.Duration
		test func(t *testing.T, s []broker.Store)
	}{
		{"an event is added after the one that was last", time.Minute, testAppendAfter},
		{"of many that want to be first one is", time.Minute, testFirst},
		{"a key starts one run in all processes", time.Minute, testOneRun},
		{"a run has its key for longer than its first events are kept", 2 * time.Second, testKeyIsKept},
		{"a run whose model thinks goes on", 24 * time.Second, testSilentRun},
		{"a run whose process is gone ends, once", 24 * time.Second, testLostRun},
		{"a run whose process returns too late is over there, too", 24 * time.Second, testLateOwner},
		{"a run that is watched in another process goes on, until nobody watches", 24 * time.Second, testWatchedElsewhere},
		{"a run without a word whose process is gone ends", 24 * time.Second, testSpeechlessRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, broker.Retention{Age: c.age}, c.test)
		})
	}
}

// longest limits the wait for what happens soon.
const longest = 30 * time.Second

func testAppendAfter(t *testing.T, s []broker.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	add := func(store int, topic string, last uint64, want bool) uint64 {
		t.Helper()
		m, added, err := s[store].AppendAfter(ctx, topic, last, sse.Event{Data: "x"})
		if err != nil || added != want || added && m.Number == 0 {
			t.Errorf("AppendAfter(%q, %d) = %v, %v, %v, want %v", topic, last, m, added, err, want)
		}
		return m.Number
	}
	first := add(0, "a.b", 0, true)
	add(1, "a.b", 0, false)
	add(1, "a", 0, true)
	second := add(1, "a.b", first, true)
	add(0, "a.b", first, false)
	add(0, "a.b", second+7, false)
	m, err := s[0].Append(ctx, "a.b", sse.Event{Data: "x"})
	if err != nil {
		t.Fatal(err)
	}
	add(1, "a.b", second, false)
	add(0, "a.b", m.Number, true)
	end, err := s[1].End(ctx, "a.b")
	if err != nil {
		t.Fatal(err)
	}
	add(0, "a.b", m.Number, false)
	add(0, "a.b", 0, false)
	if m, err := s[0].End(ctx, "a.b"); m != end || err != nil {
		t.Errorf("End() = %v, %v, want %v", m, err, end)
	}
}

func testFirst(t *testing.T, s []broker.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	for round := range 20 {
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 9 {
			all.Go(func() {
				_, added, err := s[i%len(s)].AppendAfter(ctx, fmt.Sprint("round-", round), 0, sse.Event{Data: "x"})
				if err != nil {
					t.Errorf("AppendAfter() = %v, want nil", err)
				}
				if added {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if n := won.Load(); n != 1 {
			t.Errorf("%d were first, want one", n)
		}
	}
}

// brokers returns a broker for each store.
func brokers(s []broker.Store) []*broker.Broker {
	all := make([]*broker.Broker, len(s))
	for i := range s {
		all[i] = &broker.Broker{Store: s[i]}
	}
	return all
}

func shut(t *testing.T, all []*broker.Broker) {
	for _, b := range all {
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		if err := b.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown() = %v, want nil", err)
		}
		cancel()
	}
}

// A model yields words, as often as it is asked.
type model struct {
	asked atomic.Int32
	words []string
	pause time.Duration // before each word
	over  chan error    // receives the cause of the end of each context that ended early
}

func (m *model) answer(ctx context.Context) iter.Seq2[string, error] {
	m.asked.Add(1)
	return func(yield func(string, error) bool) {
		for _, word := range m.words {
			select {
			case <-time.After(m.pause):
			case <-ctx.Done():
				m.over <- context.Cause(ctx)
				yield("", ctx.Err())
				return
			}
			if !yield(word, nil) {
				m.over <- errors.New("not wanted")
				return
			}
		}
	}
}

func newModel(pause time.Duration, text string) *model {
	return &model{words: strings.SplitAfter(text, " "), pause: pause, over: make(chan error, 10)}
}

func begin(t *testing.T, b *broker.Broker, key string, m *model) broker.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	r, err := b.Start(ctx, key, broker.RunOptions{}, m.answer)
	if err != nil {
		t.Errorf("Start() = %v, want nil", err)
	}
	return r
}

// events returns what a subscriber to a run receives, up to the end.
func events(t *testing.T, b *broker.Broker, r broker.Run) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	var got strings.Builder
	for e, err := range b.Topic(r.Topic).Subscribe(ctx, r.Position) {
		if err != nil {
			fmt.Fprintf(&got, "<%v>", err)
		} else if e.Name != "" {
			fmt.Fprintf(&got, "[%s: %s]", e.Name, e.Data)
		}
		if e.Name == "" {
			got.WriteString(e.Data)
		}
	}
	return got.String()
}

func testOneRun(t *testing.T, s []broker.Store) {
	all := brokers(s)
	defer shut(t, all)
	const text = "one two three"
	for round := range 20 {
		m := newModel(time.Millisecond, text)
		runs := make([]broker.Run, 2*len(all))
		var posts sync.WaitGroup
		for i := range runs {
			posts.Go(func() {
				b := all[i%len(all)]
				runs[i] = begin(t, b, fmt.Sprint("key ", round), m)
				if got := events(t, b, runs[i]); got != text {
					t.Errorf("a reader has %q, want %q", got, text)
				}
			})
		}
		posts.Wait()
		for _, r := range runs {
			if r != runs[0] {
				t.Errorf("runs = %v and %v, want one", runs[0], r)
			}
		}
		later := begin(t, all[round%len(all)], fmt.Sprint("key ", round), m)
		if got := events(t, all[(round+1)%len(all)], later); later != runs[0] || got != text {
			t.Errorf("run = %v with %q, want %v with %q", later, got, runs[0], text)
		}
		if n := m.asked.Load(); n != 1 {
			t.Errorf("the model was asked %d times, want once", n)
		}
	}
	m := newModel(0, text)
	if begin(t, all[0], "", m) == begin(t, all[1], "", m) {
		t.Error("no key starts one run, want two")
	}
	for _, name := range []string{"rivulet.key.x", "rivulet.owner.x"} {
		if _, err := all[0].Topic(name).Publish(t.Context(), sse.Event{}); !errors.Is(err, broker.ErrTopic) {
			t.Errorf("Publish() on %s = %v, want %v", name, err, broker.ErrTopic)
		}
	}
}

func testKeyIsKept(t *testing.T, s []broker.Store) {
	all := brokers(s)
	defer shut(t, all)
	m := newModel(500*time.Millisecond, strings.Repeat("word ", 12))
	r := begin(t, all[0], "key", m)
	for range 10 {
		time.Sleep(600 * time.Millisecond)
		if again := begin(t, all[1], "key", m); again != r {
			t.Errorf("run = %v, want %v", again, r)
		}
	}
	if n := m.asked.Load(); n != 1 {
		t.Errorf("the model was asked %d times, want once", n)
	}
}

func testSilentRun(t *testing.T, s []broker.Store) {
	all := brokers(s)
	defer shut(t, all)
	m := newModel(7*time.Second, "finally")
	r := begin(t, all[0], "key", m)
	var readers sync.WaitGroup
	for _, b := range all {
		readers.Go(func() {
			if got := events(t, b, r); got != "finally" {
				t.Errorf("a reader has %q, want %q", got, "finally")
			}
		})
	}
	readers.Wait()
}

func testLostRun(t *testing.T, s []broker.Store) {
	cut := &cuttable{Store: s[0]}
	all := brokers([]broker.Store{cut, s[1], s[2]})
	defer shut(t, all)
	m := newModel(time.Second, "one two never")
	r := begin(t, all[0], "key", m)
	time.AfterFunc(2500*time.Millisecond, cut.Off)
	defer cut.Mend()
	const want = "one two [failed: lost]"
	var readers sync.WaitGroup
	for _, b := range []*broker.Broker{all[1], all[2], all[1], all[2]} {
		readers.Go(func() {
			if got := events(t, b, r); got != want {
				t.Errorf("a reader has %q, want %q", got, want)
			}
		})
	}
	readers.Wait()
	if again := begin(t, all[1], "key", m); again != r {
		t.Errorf("run = %v, want %v", again, r)
	}
	if n := m.asked.Load(); n != 1 {
		t.Errorf("the model was asked %d times, want once", n)
	}
}

func testLateOwner(t *testing.T, s []broker.Store) {
	cut := &cuttable{Store: s[0]}
	all := brokers([]broker.Store{cut, s[1], s[2]})
	defer shut(t, all)
	more := make(chan string)
	over := make(chan error, 1)
	r, err := all[0].Start(t.Context(), "", broker.RunOptions{}, func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for {
				select {
				case s := <-more:
					yield(s, nil)
				case <-ctx.Done():
					over <- context.Cause(ctx)
					return
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	more <- "one "
	time.AfterFunc(100*time.Millisecond, cut.Off)
	if got, want := events(t, all[1], r), "one [failed: lost]"; got != want {
		t.Errorf("a reader has %q, want %q", got, want)
	}
	cut.Mend()
	var failed *broker.FailedError
	select {
	case cause := <-over:
		if !errors.As(cause, &failed) || failed.Reason != "lost" {
			t.Errorf("the context of the run ends with %v, want that it is lost", cause)
		}
	case <-time.After(longest):
		t.Error("the run goes on")
	}
	if got, want := events(t, all[0], r), "one [failed: lost]"; got != want {
		t.Errorf("a reader in the process of the run has %q, want %q", got, want)
	}
	if got := events(t, all[2], begin(t, all[0], "", newModel(0, "on it goes"))); got != "on it goes" {
		t.Errorf("a reader of the next run has %q, want all", got)
	}
}

func testSpeechlessRun(t *testing.T, s []broker.Store) {
	cut := &cuttable{Store: s[0]}
	all := brokers([]broker.Store{cut, s[1], s[2]})
	defer shut(t, all)
	r := begin(t, all[0], "key", newModel(time.Hour, "never"))
	cut.Off()
	defer cut.Mend()
	if got, want := events(t, all[1], r), "[failed: lost]"; got != want {
		t.Errorf("a reader has %q, want %q", got, want)
	}
	if got, want := events(t, all[2], r), "[failed: lost]"; got != want {
		t.Errorf("a reader who comes later has %q, want %q", got, want)
	}
}

func testWatchedElsewhere(t *testing.T, s []broker.Store) {
	all := brokers(s)
	defer shut(t, all)
	m := newModel(time.Second, strings.Repeat("word ", 60))
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	r, err := all[0].Start(ctx, "", broker.RunOptions{Unwatched: 3 * time.Second}, m.answer)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, err := range all[1].Topic(r.Topic).Data(ctx, r.Position) {
		if err != nil {
			t.Errorf("a reader has %v after %v", err, time.Since(began))
		}
		if time.Since(began) > 10*time.Second {
			break
		}
	}
	var failed *broker.FailedError
	select {
	case cause := <-m.over:
		if !errors.As(cause, &failed) || failed.Reason != "unwatched" {
			t.Errorf("the run ends with %v, want that nobody watches", cause)
		}
	case <-ctx.Done():
		t.Error("the run goes on")
	}
	if got, want := events(t, all[2], r), "[failed: unwatched]"; !strings.HasSuffix(got, want) {
		t.Errorf("a reader has %q, want %q at the end", got, want)
	}
}
