package broker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// says yields a word each second and records how it ended.
func says(words ...string) (produce func(context.Context) iter.Seq2[string, error], ended chan error) {
	ended = make(chan error, 10)
	return func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for _, word := range words {
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
					ended <- context.Cause(ctx)
					yield("", ctx.Err())
					return
				}
				if !yield(word, nil) {
					ended <- errors.New("not wanted")
					return
				}
			}
			ended <- nil
		}
	}, ended
}

// read returns what a reader receives, and the error at its end.
func read(ctx context.Context, b *broker.Broker, r broker.Run) (string, error) {
	var text strings.Builder
	for s, err := range b.Topic(r.Topic).Data(ctx, r.Position) {
		if err != nil {
			return text.String(), err
		}
		text.WriteString(s)
	}
	return text.String(), nil
}

func start(t *testing.T, b *broker.Broker, key string, o broker.RunOptions, produce func(context.Context) iter.Seq2[string, error]) broker.Run {
	t.Helper()
	r, err := b.Start(t.Context(), key, o, produce)
	if err != nil {
		t.Fatalf("Start() = %v, want nil", err)
	}
	return r
}

// reason returns the Reason of a FailedError, or the error as it is.
func reason(err error) string {
	if failed := new(broker.FailedError); errors.As(err, &failed) {
		return failed.Reason
	}
	return fmt.Sprint(err)
}

func TestEachReaderOfARunReceivesAllOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{}
		ctx, leave := context.WithCancel(t.Context())
		produce, _ := says("Red", " ", "sky", ".")
		r, err := b.Start(ctx, "", broker.RunOptions{}, produce)
		if err != nil {
			t.Fatal(err)
		}
		leave() // the request that has asked is over
		type result struct {
			text string
			err  error
			at   time.Duration
		}
		began, results := time.Now(), make(chan result)
		for _, wait := range []time.Duration{0, 2500 * time.Millisecond, 10 * time.Second} {
			go func() { // received from below
				time.Sleep(wait)
				text, err := read(t.Context(), b, r)
				results <- result{text, err, time.Since(began)}
			}()
		}
		for _, at := range []time.Duration{4 * time.Second, 4 * time.Second, 10 * time.Second} {
			if got, want := <-results, (result{"Red sky.", nil, at}); got != want {
				t.Errorf("a reader has %+v, want %+v", got, want)
			}
		}
	})
}

func TestAKeyStartsOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Retain: broker.Retention{Age: time.Minute}}
		var n atomic.Int32
		produce := func(context.Context) iter.Seq2[string, error] {
			n.Add(1)
			return func(yield func(string, error) bool) { yield("yes", nil) }
		}
		first := start(t, b, "a", broker.RunOptions{}, produce)
		if again := start(t, b, "a", broker.RunOptions{}, produce); again != first {
			t.Errorf("Start() = %v while the first run goes on, want %v", again, first)
		}
		synctest.Wait()
		if again := start(t, b, "a", broker.RunOptions{}, produce); again != first {
			t.Errorf("Start() = %v after the first run, want %v", again, first)
		}
		if other := start(t, b, "b", broker.RunOptions{}, produce); other == first {
			t.Error("another key starts nothing, want a run")
		}
		if one, two := start(t, b, "", broker.RunOptions{}, produce), start(t, b, "", broker.RunOptions{}, produce); one == two {
			t.Error("no key starts nothing, want a run")
		}
		time.Sleep(2 * time.Minute) // what came is forgotten
		if again := start(t, b, "a", broker.RunOptions{}, produce); again == first {
			t.Error("the key is kept longer than the events, want a run")
		}
		if _, err := read(t.Context(), b, first); !errors.Is(err, broker.ErrGap) {
			t.Errorf("a run that is forgotten gives %v, want %v", err, broker.ErrGap)
		}
		synctest.Wait()
		if n.Load() != 5 {
			t.Errorf("%d runs, want 5", n.Load())
		}
		time.Sleep(2 * time.Minute)
		if got := b.Stats(); got.Topics != 0 || got.Events != 0 {
			t.Errorf("Stats() = %+v, want that nothing is retained", got)
		}
	})
}

func TestARunEndsEarly(t *testing.T) {
	long := strings.Fields(strings.Repeat("word ", 60))
	for _, tt := range []struct {
		name   string
		o      broker.RunOptions
		end    func(*broker.Broker, broker.Run)
		after  time.Duration
		reason string
	}{
		{"by its stop button", broker.RunOptions{}, func(b *broker.Broker, r broker.Run) {
			if err := b.Topic(r.Topic).Stop(context.Background()); err != nil {
				t.Errorf("Stop() = %v, want nil", err)
			}
		}, 5500 * time.Millisecond, "stopped"},
		{"after its Timeout", broker.RunOptions{Timeout: 5600 * time.Millisecond}, func(*broker.Broker, broker.Run) {}, 5600 * time.Millisecond, "timeout"},
		{"when the server stops", broker.RunOptions{}, func(b *broker.Broker, _ broker.Run) {
			if err := b.Shutdown(context.Background()); err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		}, 5500 * time.Millisecond, "shutdown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &broker.Broker{}
				produce, ended := says(long...)
				r := start(t, b, "", tt.o, produce)
				began := time.Now()
				time.AfterFunc(5500*time.Millisecond, func() { tt.end(b, r) })
				text, err := read(t.Context(), b, r)
				if text != strings.Repeat("word", 5) || reason(err) != tt.reason || time.Since(began) != tt.after {
					t.Errorf("a reader has %q, %v after %v, want five words and %q after %v", text, err, time.Since(began), tt.reason, tt.after)
				}
				if cause := reason(<-ended); cause != tt.reason {
					t.Errorf("the run ends with %q, want %q", cause, tt.reason)
				}
			})
		})
	}
}

func TestARunThatNobodyWatchesEnds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		visits [][2]time.Duration // from, to
		end    time.Duration
	}{
		{"nobody comes", nil, 10 * time.Second},
		{"somebody leaves", [][2]time.Duration{{0, 7 * time.Second}}, 17 * time.Second},
		{"a reload in time", [][2]time.Duration{{5 * time.Second, 8 * time.Second}, {17 * time.Second, 20 * time.Second}}, 30 * time.Second},
		{"one of two tabs stays", [][2]time.Duration{{0, 3 * time.Second}, {2 * time.Second, 25 * time.Second}}, 35 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &broker.Broker{}
				began := time.Now()
				produce, ended := says(strings.Fields(strings.Repeat("word ", 100))...)
				r := start(t, b, "", broker.RunOptions{Unwatched: 10 * time.Second}, produce)
				for _, v := range tt.visits {
					go func() { // ends before the run
						time.Sleep(v[0])
						ctx, leave := context.WithTimeout(t.Context(), v[1]-v[0])
						defer leave()
						_, _ = read(ctx, b, r)
					}()
				}
				if cause := reason(<-ended); cause != "unwatched" || time.Since(began) != tt.end {
					t.Errorf("the run ends with %q after %v, want %q after %v", cause, time.Since(began), "unwatched", tt.end)
				}
				synctest.Wait()
				if text, err := read(t.Context(), b, r); reason(err) != "unwatched" || !strings.HasPrefix(text, "wordword") {
					t.Errorf("who returns has %q, %v, want what had come, and why there is no more", text, err)
				}
			})
		})
	}
}

func TestARunThatFailsTellsItsReaders(t *testing.T) {
	for name, produce := range map[string]func(context.Context) iter.Seq2[string, error]{
		"with an error": func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { _ = yield("Half\xc3", nil) && yield("", errors.New("boom")) }
		},
		"with a panic": func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { yield("Half\xc3", nil); panic("boom") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := testkit.WatchLog(t)
				b := &broker.Broker{}
				text, err := read(t.Context(), b, start(t, b, "", broker.RunOptions{}, produce))
				if !strings.HasPrefix(text, "Half") || reason(err) != "failed" || strings.Contains(err.Error(), "boom") {
					t.Errorf("a reader has %q, %v, want the half and no detail", text, err)
				}
				if got := log.String(); !strings.Contains(got, "boom") || strings.Count(got, "level=ERROR") != 1 {
					t.Errorf("log = %s, want boom once", got)
				}
			})
		})
	}
}

func TestPiecesOfARunStayWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{}
		text := "a\r\nż🐢\n\nb \x00\u2028<i>"
		produce := func(context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for i := range len(text) {
					if !yield(text[i:i+1], nil) {
						return
					}
				}
			}
		}
		got, err := read(t.Context(), b, start(t, b, "", broker.RunOptions{}, produce))
		if want := strings.ReplaceAll(text, "\r\n", "\n"); got != want || err != nil {
			t.Errorf("a reader has %q, %v, want %q", got, err, want)
		}
	})
}

func TestClientsOfARunReceiveItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Authorize: func(r *http.Request, topic string) error { return nil }}
		produce, _ := says("Red", " sky")
		r := start(t, b, "", broker.RunOptions{}, produce)
		h := b.Topic(r.Topic).Handler()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/?lastEventId="+r.Position, nil))
		body, _ := io.ReadAll(w.Body)
		var got []string
		last := ""
		for e, err := range sse.NewReader(strings.NewReader(string(body))).Events() {
			if err != nil {
				t.Fatal(err)
			}
			got, last = append(got, e.Name+":"+e.Data), e.ID
		}
		if want := ":Red|: sky|end:"; strings.Join(got, "|") != want {
			t.Errorf("a client receives %q, want %q", got, want)
		}
		w = httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/?lastEventId="+last, nil))
		if w.Code != 204 {
			t.Errorf("a client that has all receives the status %d, want 204", w.Code)
		}
	})
}

func TestRunsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Limits: broker.Limits{Runs: 2}}
		produce, _ := says("yes")
		first := start(t, b, "a", broker.RunOptions{}, produce)
		start(t, b, "b", broker.RunOptions{}, produce)
		if _, err := b.Start(t.Context(), "c", broker.RunOptions{}, produce); !errors.Is(err, broker.ErrRuns) {
			t.Errorf("Start() = %v, want %v", err, broker.ErrRuns)
		}
		if again := start(t, b, "a", broker.RunOptions{}, produce); again != first {
			t.Errorf("Start() = %v, want the run of the key, %v", again, first)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		start(t, b, "c", broker.RunOptions{}, produce)
		if err := b.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Start(t.Context(), "d", broker.RunOptions{}, produce); !errors.Is(err, broker.ErrClosed) {
			t.Errorf("Start() = %v after Shutdown, want %v", err, broker.ErrClosed)
		}
	})
}

func TestShutdownDoesNotWaitForARunForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{}
		release := make(chan struct{})
		start(t, b, "", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
			return func(func(string, error) bool) { <-release }
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "runs") {
			t.Errorf("Shutdown() = %v, want that a run goes on", err)
		}
		close(release)
		if err := b.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown() = %v after the run, want nil", err)
		}
	})
}

func TestStopWithoutARun(t *testing.T) {
	b := &broker.Broker{}
	if err := b.Topic("news").Stop(t.Context()); err != nil {
		t.Errorf("Stop() = %v, want nil", err)
	}
	if err := b.Topic("").Stop(t.Context()); !errors.Is(err, broker.ErrTopic) {
		t.Errorf("Stop() = %v, want %v", err, broker.ErrTopic)
	}
	if got := b.Stats(); got.Topics != 0 {
		t.Errorf("Stats() = %+v, want no topic", got)
	}
	for name, r := range map[string]broker.Run{"no position": {Topic: "news"}, "a strange position": {Topic: "news", Position: "a-1"}} {
		if _, err := read(t.Context(), b, r); !errors.Is(err, broker.ErrGap) {
			t.Errorf("Data() with %s = %v, want %v", name, err, broker.ErrGap)
		}
	}
}
