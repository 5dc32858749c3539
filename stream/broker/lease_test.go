package broker_test

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/internal/conformance"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A line is the way of one process to a store that others share.
type line struct {
	*memoryStore
	conformance.Cut
	unsaid bool // the next claim is stored, and there is no answer
	twice  bool // the next claim is made twice
	every  bool // so is the next event of any topic with a condition
	calls  atomic.Int32
	late   atomic.Bool  // events are not reported for now, and the line seems to be good
	left   atomic.Int32 // the line is cut at this beginning or end of a call; zero: at none
}

// dies cuts the line if this is the moment.
func (l *line) dies() {
	if l.left.Add(-1) == 0 {
		l.Off()
	}
}

// call calls f unless the line is cut. If it is cut meanwhile, there is no answer.
func (l *line) call(ctx context.Context, f func() error) error {
	l.calls.Add(1)
	if l.dies(); l.Away(ctx) {
		return broker.ErrUnavailable
	}
	err := f()
	if l.dies(); l.Away(ctx) {
		return broker.ErrUnavailable
	}
	return err
}

func (l *line) Append(ctx context.Context, topic string, e sse.Event) (m broker.Mark, err error) {
	err = l.call(ctx, func() error { m, err = l.memoryStore.Append(ctx, topic, e); return err })
	return m, err
}

func (l *line) AppendAfter(ctx context.Context, topic string, last uint64, e sse.Event) (m broker.Mark, added bool, err error) {
	err = l.call(ctx, func() error {
		m, added, err = l.memoryStore.AppendAfter(ctx, topic, last, e)
		switch {
		case !strings.HasPrefix(topic, "rivulet.key.") && !l.every:
		case l.unsaid:
			l.unsaid = false
			return broker.ErrUnavailable
		case l.twice:
			l.twice = false
			m, added, err = l.memoryStore.AppendAfter(ctx, topic, last, e)
		}
		return err
	})
	return m, added, err
}

func (l *line) End(ctx context.Context, topic string) (m broker.Mark, err error) {
	err = l.call(ctx, func() error { m, err = l.memoryStore.End(ctx, topic); return err })
	return m, err
}

// Follow goes on after each cut where it was.
func (l *line) Follow(ctx context.Context, topic string, f *broker.Feed) {
	for n := 0; !l.Away(ctx) && ctx.Err() == nil; {
		f.Start(broker.Mark{Life: "the only one", Number: uint64(n)})
		for cut := false; !cut && ctx.Err() == nil; {
			for l.late.Load() && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
			}
			l.memoryStore.mu.Lock()
			events, more := l.events[n:], l.more
			l.memoryStore.mu.Unlock()
			for _, e := range events {
				switch n++; {
				case e.topic != topic:
				case e.end:
					f.End(uint64(n))
				default:
					f.Event(uint64(n), e.event)
				}
			}
			f.Through(uint64(n))
			select {
			case <-more:
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
			cut = l.IsOff()
		}
		f.Lost()
	}
}

// shared calls f with three brokers that share a store, each with a line of its own.
func shared(t *testing.T, f func(t *testing.T, lines []*line, b []*broker.Broker)) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStore()
		var lines []*line
		var all []*broker.Broker
		for range 3 {
			lines = append(lines, &line{memoryStore: s})
			all = append(all, &broker.Broker{Store: lines[len(lines)-1], Limits: broker.Limits{Runs: 2}})
		}
		f(t, lines, all)
		for i, b := range all {
			lines[i].Mend()
			if err := b.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		}
	})
}

// wantTold reads a run to its end and checks when that comes. A line notices within 100
// ms that it is cut.
func wantTold(t *testing.T, b *broker.Broker, r broker.Run, text, why string, at time.Duration) {
	t.Helper()
	began := time.Now()
	got, err := read(t.Context(), b, r)
	if after := time.Since(began); got != text || reason(err) != why || after < at || after > at+100*time.Millisecond {
		t.Errorf("a reader has %q, %q after %v, want %q, %q after %v", got, reason(err), after, text, why, at)
	}
}

func TestTheEndOfALostRunComesInTime(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines func(lines []*line)
		text  string
		why   string
		at    time.Duration
	}{
		{"its process is killed after 12 s", func(l []*line) {
			time.AfterFunc(12500*time.Millisecond, l[0].Off)
		}, strings.Repeat("word", 12), "lost", 25 * time.Second}, // 10 s and three times 5 s
		{"its process is away for 4 s", func(l []*line) {
			time.AfterFunc(12500*time.Millisecond, l[0].Off)
			time.AfterFunc(16500*time.Millisecond, l[0].Mend)
		}, strings.Repeat("word", 40), "<nil>", 43500 * time.Millisecond},
		{"the process of the reader is away, too, and back a second before", func(l []*line) {
			time.AfterFunc(12500*time.Millisecond, l[0].Off)
			time.AfterFunc(13500*time.Millisecond, l[1].Off)
			time.AfterFunc(24500*time.Millisecond, l[1].Mend)
		}, strings.Repeat("word", 12), "lost", 39500 * time.Millisecond},
		{"what its process says comes 20 s late", func(l []*line) {
			time.AfterFunc(13500*time.Millisecond, func() { l[1].late.Store(true) })
			time.AfterFunc(33500*time.Millisecond, func() { l[1].late.Store(false) })
		}, strings.Repeat("word", 40), "<nil>", 40 * time.Second},
		{"only the process of the reader is away for a minute", func(l []*line) {
			time.AfterFunc(13500*time.Millisecond, l[1].Off)
			time.AfterFunc(73500*time.Millisecond, l[1].Mend)
		}, strings.Repeat("word", 40), "<nil>", 73500 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			testkit.WatchLog(t)
			shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
				produce, _ := says(strings.Fields(strings.Repeat("word ", 40))...)
				r := start(t, b[0], "key", broker.RunOptions{}, produce)
				tt.lines(lines)
				wantTold(t, b[1], r, tt.text, tt.why, tt.at)
				wantTold(t, b[2], r, tt.text, tt.why, 0)
				time.Sleep(time.Minute)
			})
		})
	}
}

// A reader who comes when the process is long gone waits for as long as the lease
// lasts. A second one need not wait.
func TestALostRunThatNobodyHasRead(t *testing.T) {
	testkit.WatchLog(t)
	shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
		produce, _ := says("one", "two", "three")
		r := start(t, b[0], "", broker.RunOptions{}, produce)
		other := start(t, b[0], "", broker.RunOptions{}, produce)
		time.Sleep(1500 * time.Millisecond)
		lines[0].Off()
		time.Sleep(time.Minute)
		wantTold(t, b[1], r, "one", "lost", 15*time.Second)
		wantTold(t, b[2], r, "one", "lost", 0)
		wantTold(t, b[2], other, "one", "lost", 0)
	})
}

// A name that nobody has given to a run costs no event.
func TestATopicThatNoRunWritesIsNotEnded(t *testing.T) {
	shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
		r := start(t, b[0], "", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] { return func(func(string, error) bool) {} })
		synctest.Wait()
		before := lines[1].last()
		made := r.Topic[:len(r.Topic)-3] + "AAA"
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := read(ctx, b[1], broker.Run{Topic: made, Position: r.Position}); !errors.Is(err, broker.ErrGap) {
			t.Errorf("a reader has %v, want %v", err, broker.ErrGap)
		}
		for _, err := range b[1].Topic(made).Subscribe(ctx, "") {
			if err != context.DeadlineExceeded {
				t.Errorf("a subscriber has %v, want the end of its context", err)
			}
		}
		if after := lines[1].last(); after != before {
			t.Errorf("the store has %v, want %v", after, before)
		}
	})
}

func TestAnUncertainClaim(t *testing.T) {
	say := func(n *int) func(context.Context) iter.Seq2[string, error] {
		return func(context.Context) iter.Seq2[string, error] {
			*n++
			return func(yield func(string, error) bool) { yield("yes", nil) }
		}
	}
	t.Run("that is stored without an answer is a run that has failed", func(t *testing.T) {
		testkit.WatchLog(t)
		shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
			n := 0
			lines[0].unsaid = true
			if _, err := b[0].Start(t.Context(), "key", broker.RunOptions{}, say(&n)); !errors.Is(err, broker.ErrUnavailable) {
				t.Errorf("Start() = %v, want %v", err, broker.ErrUnavailable)
			}
			for _, b := range b {
				wantTold(t, b, start(t, b, "key", broker.RunOptions{}, say(&n)), "", "failed", 0)
			}
			if n != 0 {
				t.Errorf("the model was asked %d times, want never", n)
			}
		})
	})
	t.Run("that is stored at the first of two attempts is one's own", func(t *testing.T) {
		shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
			n := 0
			lines[0].twice = true
			r := start(t, b[0], "key", broker.RunOptions{}, say(&n))
			wantTold(t, b[1], r, "yes", "<nil>", 0)
			if again := start(t, b[1], "key", broker.RunOptions{}, say(&n)); again != r || n != 1 {
				t.Errorf("Start() = %v, asked %d times, want %v, once", again, n, r)
			}
		})
	})
	t.Run("nor does it matter for the first event of a run", func(t *testing.T) {
		shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
			n := 0
			lines[0].twice, lines[0].every = true, true
			wantTold(t, b[1], start(t, b[0], "key", broker.RunOptions{}, say(&n)), "yes", "<nil>", 0)
		})
	})
	t.Run("of a store that is away is none", func(t *testing.T) {
		shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
			n := 0
			lines[0].Off()
			if _, err := b[0].Start(t.Context(), "key", broker.RunOptions{}, say(&n)); !errors.Is(err, broker.ErrUnavailable) {
				t.Errorf("Start() = %v, want %v", err, broker.ErrUnavailable)
			}
			lines[0].Mend()
			time.Sleep(time.Second)
			wantTold(t, b[0], start(t, b[0], "key", broker.RunOptions{}, say(&n)), "yes", "<nil>", 0)
		})
	})
}

func TestAProcessThatIsFullReturnsTheRunOfAnother(t *testing.T) {
	shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
		produce, _ := says("yes")
		first := start(t, b[1], "key", broker.RunOptions{}, produce)
		start(t, b[0], "a", broker.RunOptions{}, produce)
		start(t, b[0], "b", broker.RunOptions{}, produce)
		if again := start(t, b[0], "key", broker.RunOptions{}, produce); again != first {
			t.Errorf("Start() = %v, want %v", again, first)
		}
		if _, err := b[0].Start(t.Context(), "c", broker.RunOptions{}, produce); !errors.Is(err, broker.ErrRuns) {
			t.Errorf("Start() = %v, want %v", err, broker.ErrRuns)
		}
	})
}

// The store is away when the model has finished. Readers are told of the end when it is
// back.
func TestARunEndsWhenTheStoreIsBack(t *testing.T) {
	shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
		done := make(chan bool)
		r := start(t, b[0], "", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { yield("all", nil); <-done }
		})
		synctest.Wait()
		lines[0].Off()
		close(done)
		time.AfterFunc(12500*time.Millisecond, lines[0].Mend)
		wantTold(t, b[1], r, "all", "<nil>", 12500*time.Millisecond)
	})
}

// A process without runs writes nothing.
func TestTheLeaseEndsWithTheLastRun(t *testing.T) {
	shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
		produce, _ := says("one", "two")
		for range 3 {
			r := start(t, b[0], "", broker.RunOptions{}, produce)
			wantTold(t, b[1], r, "onetwo", "<nil>", 2*time.Second)
			synctest.Wait()
			calls := lines[0].calls.Load()
			time.Sleep(time.Hour)
			if n := lines[0].calls.Load(); n != calls {
				t.Errorf("%d events in an hour without a run, want none", n-calls)
			}
		}
	})
}

// Subscribers in other processes count, until 10 s after their process has named them
// for the last time.
func TestReadersElsewhereWatch(t *testing.T) {
	for _, tt := range []struct {
		name   string
		visits [][2]time.Duration // from, to
		end    time.Duration
	}{
		{"nobody comes", nil, 10 * time.Second},
		{"somebody leaves", [][2]time.Duration{{500 * time.Millisecond, 27 * time.Second}}, 45 * time.Second},
		{"a short visit", [][2]time.Duration{{7 * time.Second, 8 * time.Second}}, 27 * time.Second},
		{"one of two tabs stays", [][2]time.Duration{{0, 3 * time.Second}, {2 * time.Second, 33 * time.Second}}, 50 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
				began := time.Now()
				produce, ended := says(strings.Fields(strings.Repeat("word ", 100))...)
				r := start(t, b[0], "", broker.RunOptions{Unwatched: 10 * time.Second}, produce)
				for i, v := range tt.visits {
					go func() { // ends before the run
						time.Sleep(v[0])
						ctx, leave := context.WithTimeout(t.Context(), v[1]-v[0])
						defer leave()
						_, _ = read(ctx, b[1+i], r)
					}()
				}
				if cause, after := reason(<-ended), time.Since(began); cause != "unwatched" || after < tt.end || after > tt.end+200*time.Millisecond {
					t.Errorf("the run ends with %q after %v, want %q after %v", cause, after, "unwatched", tt.end)
				}
			})
		})
	}
}

// told returns all that a subscriber to a run receives, and checks that it comes once
// and in order.
func told(t *testing.T, ctx context.Context, b *broker.Broker, r broker.Run) (all string) {
	t.Helper()
	last := 0
	for e, err := range b.Topic(r.Topic).Subscribe(ctx, r.Position) {
		if err != nil {
			return all + " " + err.Error()
		}
		_, digits, _ := strings.Cut(e.ID, "-")
		number, err := strconv.Atoi(digits)
		if err != nil || number <= last {
			t.Errorf("event %q after number %d, want a higher one", e.ID, last)
		}
		last = number
		all += e.Name + e.Data + " "
	}
	return all + "end"
}

// Two processes start a run with one key. One of them can no longer reach the store from
// the beginning or the end of one of its calls on, as if it were killed there. The model
// is asked once at most, and all readers receive the same, up to an end.
func TestAKeyStartsOneRunWhateverIsCut(t *testing.T) {
	testkit.WatchLog(t)
	for step := range int32(20) {
		for _, lead := range []time.Duration{0, time.Millisecond, 1500 * time.Millisecond} {
			shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
				var asked [2]atomic.Int32
				model := func(i int) func(context.Context) iter.Seq2[string, error] {
					produce, _ := says("one", "two", "three")
					return func(ctx context.Context) iter.Seq2[string, error] {
						asked[i].Add(1)
						return produce(ctx)
					}
				}
				lines[0].left.Store(step + 1)
				var all sync.WaitGroup
				all.Go(func() { _, _ = b[0].Start(t.Context(), "key", broker.RunOptions{}, model(0)) })
				time.Sleep(lead)
				r := start(t, b[1], "key", broker.RunOptions{}, model(1))
				var readers sync.WaitGroup
				var got [4]string
				for i := range got {
					readers.Go(func() { got[i] = told(t, t.Context(), b[1+i%2], r) })
				}
				readers.Wait()
				all.Wait()
				for _, text := range got {
					if text != got[0] || !strings.HasSuffix(text, " end") {
						t.Errorf("step %d, lead %v: readers have %q, want the same, up to the end", step, lead, got)
					}
				}
				switch said, _, failed := strings.Cut(got[0], "failedlost"); {
				case failed && strings.HasPrefix("one two three ", said):
				case got[0] == "one two three end":
				default:
					t.Errorf("step %d, lead %v: readers have %q, want all, or a part and that the run is lost", step, lead, got[0])
				}
				if again := start(t, b[2], "key", broker.RunOptions{}, model(1)); again != r {
					t.Errorf("step %d, lead %v: run = %v, want %v", step, lead, again, r)
				}
				if n, m := asked[0].Load(), asked[1].Load(); n+m > 1 {
					t.Errorf("step %d, lead %v: the models were asked %d and %d times, want once", step, lead, n, m)
				}
			})
		}
	}
}

// The process of a run is gone. The first process that ends it is gone, too, from the
// beginning or the end of one of its calls on.
func TestALostRunEndsWhoeverEndsIt(t *testing.T) {
	testkit.WatchLog(t)
	for step := range int32(12) {
		for _, lead := range []time.Duration{0, time.Millisecond, time.Second} {
			shared(t, func(t *testing.T, lines []*line, b []*broker.Broker) {
				produce, _ := says("one", "two", "three")
				r := start(t, b[0], "key", broker.RunOptions{}, produce)
				time.Sleep(1500 * time.Millisecond)
				lines[0].Off()
				lines[1].left.Store(step + 1)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				var readers sync.WaitGroup
				readers.Go(func() { told(t, ctx, b[1], r) })
				time.Sleep(lead)
				began := time.Now()
				if got, want := told(t, ctx, b[2], r), "one failedlost end"; got != want {
					t.Errorf("step %d, lead %v: a reader has %q, want %q", step, lead, got, want)
				}
				if after := time.Since(began); after > 30*time.Second {
					t.Errorf("step %d, lead %v: it took %v, want at most twice 15 s", step, lead, after)
				}
				cancel()
				readers.Wait()
			})
		}
	}
}
