package natsbroker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// Two processes start a run with one key at the same moment. One of them is killed
// before or after any of its calls of the store. The model is asked once at most. Each
// reader in the other process receives each event once, in order, and then an end.
func TestAKeyStartsOneRunWhoeverIsKilled(t *testing.T) {
	t.Parallel()
	s := startServer(t, &server.Options{StoreDir: t.TempDir()})
	for i := range 2 * 16 {
		step, first := i/2, i%2 == 0
		name := fmt.Sprint("at the same moment, step ", step)
		if first {
			name = fmt.Sprint("before the other, step ", step)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := runOptions(s.ClientURL(), fmt.Sprint("STEP", i))
			here, there := newNode(t, o), newNode(t, o)
			child, out, goOn := startPoster(t, o, step)
			var asked atomic.Int32
			started := make(chan bool, 1)
			var all sync.WaitGroup
			all.Go(func() { // until the child has ended
				defer close(started)
				for out.Scan() {
					switch out.Text() {
					case "asked":
						asked.Add(1)
					case "started":
						started <- true
					}
				}
			})
			goOn()
			if first {
				<-started
			}
			r, err := here.Start(t.Context(), "key", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
				asked.Add(1)
				return pieces
			})
			if err != nil {
				t.Fatal(err)
			}
			var readers sync.WaitGroup
			for _, b := range []*broker.Broker{here, there, here, there} {
				readers.Go(func() {
					switch got := received(t, b, r); {
					case got == "one two three":
					case !strings.HasSuffix(got, "[failed: lost]") || !strings.HasPrefix("one two three", strings.TrimSuffix(got, "[failed: lost]")):
						t.Errorf("a reader has %q, want all, or what had come and that it is lost", got)
					}
				})
			}
			readers.Wait()
			again, err := there.Start(t.Context(), "key", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
				asked.Add(1)
				return pieces
			})
			if again != r || err != nil {
				t.Errorf("Start() = %v, %v, want %v", again, err, r)
			}
			kill(child)
			all.Wait()
			if n := asked.Load(); n > 1 {
				t.Errorf("the model was asked %d times, want once at most", n)
			}
		})
	}
}

// Three processes start runs with one key at the same moment, each at another server of a
// cluster, while the leader of the stream changes.
func TestInAClusterAKeyStartsOneRun(t *testing.T) {
	c := newCluster(t)
	var nodes []*broker.Broker
	for _, o := range c.optionsOfEach("ONE") {
		nodes = append(nodes, newNode(t, o))
	}
	for round := range 6 {
		if round == 3 {
			c.stepDown("ONE")
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		var asked atomic.Int32
		var runs [3]broker.Run
		var all sync.WaitGroup
		for i, b := range nodes {
			all.Go(func() {
				r, err := b.Start(ctx, fmt.Sprint("key ", round), broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
					asked.Add(1)
					return pieces
				})
				if runs[i] = r; err != nil {
					t.Errorf("Start() = %v, want nil", err)
				} else if got := received(t, nodes[(i+1)%3], r); got != "one two three" {
					t.Errorf("a reader has %q, want all", got)
				}
			})
		}
		all.Wait()
		cancel()
		if runs[0] != runs[1] || runs[0] != runs[2] || asked.Load() != 1 {
			t.Errorf("round %d: runs %v, asked %d times, want one, once", round, runs, asked.Load())
		}
	}
}

// runOptions are those of all processes of a test. A run whose process is gone ends
// within 7 s.
func runOptions(url, stream string) natsbroker.Options {
	return natsbroker.Options{URL: url, Stream: stream, Bytes: 16 << 20, Heartbeat: time.Second, Retain: broker.Retention{Age: 24 * time.Second}}
}

// pieces is the answer of the model.
func pieces(yield func(string, error) bool) {
	_ = yield("one", nil) && yield(" two", nil) && yield(" three", nil)
}

// received returns what a subscriber to a run receives, up to the end.
func received(t *testing.T, b *broker.Broker, r broker.Run) (got string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for e, err := range b.Topic(r.Topic).Subscribe(ctx, r.Position) {
		if err != nil {
			return got + err.Error()
		}
		if e.Name != "" {
			got += "[" + e.Name + ": "
			e.Data += "]"
		}
		got += e.Data
	}
	return got
}

// startPoster starts a process that starts a run when goOn is called.
func startPoster(t *testing.T, o natsbroker.Options, step int) (c *exec.Cmd, out *bufio.Scanner, goOn func()) {
	t.Helper()
	c, in, out := talkToChild(t, "poster", o.URL, o.Stream, strconv.Itoa(step))
	return c, out, func() { _, _ = io.WriteString(in, "\n") }
}

// runPoster starts a run with the key. It kills itself before or after a call of the
// store.
func runPoster(url, stream, step string) error {
	n, err := strconv.Atoi(step)
	if err != nil {
		return err
	}
	store, err := natsbroker.Open(context.Background(), runOptions(url, stream))
	if err != nil {
		return err
	}
	b := broker.Broker{Store: &deadly{Store: store, left: n}}
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready")
	if _, err := in.ReadString('\n'); err != nil {
		return err
	}
	if _, err = b.Start(context.Background(), "key", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
		fmt.Println("asked")
		return pieces
	}); err != nil {
		return err
	}
	fmt.Println("started")
	_, err = in.ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// A deadly store kills its process.
type deadly struct {
	broker.Store
	mu   sync.Mutex
	left int // beginnings and ends of calls
}

func (s *deadly) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left < 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (s *deadly) Append(ctx context.Context, topic string, e sse.Event) (broker.Mark, error) {
	s.step()
	defer s.step()
	return s.Store.Append(ctx, topic, e)
}

func (s *deadly) AppendAfter(ctx context.Context, topic string, last uint64, e sse.Event) (broker.Mark, bool, error) {
	s.step()
	defer s.step()
	return s.Store.AppendAfter(ctx, topic, last, e)
}

func (s *deadly) End(ctx context.Context, topic string) (broker.Mark, error) {
	s.step()
	defer s.step()
	return s.Store.End(ctx, topic)
}
