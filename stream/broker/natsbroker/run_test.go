package natsbroker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// A run in one process is read and stopped in another.
func TestARunIsReadAndStoppedElsewhere(t *testing.T) {
	s := newServer(t, embedded.Options{})
	o := natsbroker.Options{Server: s, Stream: "RUNS"}
	here, there := newNode(t, o), newNode(t, o)
	more, ended := make(chan string), make(chan error, 1)
	produce := func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for word := range more {
				if !yield(word, nil) {
					ended <- context.Cause(ctx)
					return
				}
			}
		}
	}
	r, err := here.Start(t.Context(), "", broker.RunOptions{}, produce)
	if err != nil {
		t.Fatal(err)
	}
	topic := there.Topic(r.Topic)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	more <- "one"
	more <- " two"
	var text string
	for s, err := range topic.Data(ctx, r.Position) {
		if failed := new(broker.FailedError); errors.As(err, &failed) {
			text += "|" + failed.Reason
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if text += s; text == "one two" {
			if err := topic.Stop(ctx); err != nil {
				t.Fatalf("Stop() = %v, want nil", err)
			}
			more <- "refused"
		}
	}
	if want := "one two|stopped"; text != want {
		t.Errorf("a reader elsewhere has %q, want %q", text, want)
	}
	<-ended
	if text, err := all(ctx, here, r); text != "one two" || err == nil {
		t.Errorf("who comes later has %q, %v, want that it was stopped", text, err)
	}
}

// all returns what a reader has until the end.
func all(ctx context.Context, b *broker.Broker, r broker.Run) (text string, err error) {
	for s, err := range b.Topic(r.Topic).Data(ctx, r.Position) {
		if err != nil {
			return text, err
		}
		text += s
	}
	return text, nil
}

// The process that writes a topic is killed. A reader in another one keeps what has
// come, once, and waits until the end of its context.
func TestTheProcessOfARunIsKilled(t *testing.T) {
	if url := os.Getenv("RIVULET_RUN"); url != "" {
		writeForEver(t, url)
		return
	}
	s := startServer(t, &server.Options{Port: freePort(t), StoreDir: t.TempDir()})
	o := natsbroker.Options{URL: s.ClientURL(), Stream: "KILLED"}
	b := newNode(t, o)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheProcessOfARunIsKilled$")
	cmd.Env = append(os.Environ(), "RIVULET_RUN="+s.ClientURL())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var r broker.Run
	if _, err := fmt.Fscanln(bufio.NewReader(out), &r.Topic, &r.Position); err != nil {
		t.Fatal(err)
	}
	silent := errors.New("the writer is silent")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var text string
	for s, err := range b.Topic(r.Topic).Data(ctx, r.Position) {
		if err != nil {
			if err != silent {
				t.Errorf("the reader has %v, want the end of its context", err)
			}
			break
		}
		if text += s; text == "one two" {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			time.AfterFunc(time.Second, func() { cancel(silent) })
		}
	}
	if text != "one two" {
		t.Errorf("the reader has %q, want what had come", text)
	}
	again, cancelAgain := context.WithTimeoutCause(t.Context(), time.Second, silent)
	defer cancelAgain()
	if text, err := all(again, b, r); text != "one two" || err != silent {
		t.Errorf("a page that is loaded again has %q, %v, want what had come, and the end of its context", text, err)
	}
}

// writeForEver is the process that is killed.
func writeForEver(t *testing.T, url string) {
	store, err := natsbroker.Open(t.Context(), natsbroker.Options{URL: url, Stream: "KILLED", Bytes: 512 << 20, Heartbeat: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	b := broker.Broker{Store: store}
	r, err := b.Start(t.Context(), "", broker.RunOptions{}, func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for word := range strings.SplitSeq("one, two", ",") {
				yield(word, nil)
			}
			select {}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(r.Topic, r.Position)
	select {}
}
