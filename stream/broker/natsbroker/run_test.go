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

// The process that writes a topic is killed. Readers in another one keep what has come,
// once, and are told that there is no more.
func TestTheProcessOfARunIsKilled(t *testing.T) {
	t.Parallel()
	if url := os.Getenv("RIVULET_RUN"); url != "" {
		writeForEver(t, url)
		return
	}
	s := startServer(t, &server.Options{Port: freePort(t), StoreDir: t.TempDir()})
	b := newNode(t, runOptions(s.ClientURL(), "KILLED"))
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
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var text string
	var failed *broker.FailedError
	for s, err := range b.Topic(r.Topic).Data(ctx, r.Position) {
		if err != nil && (!errors.As(err, &failed) || failed.Reason != "lost") {
			t.Errorf("the reader has %v, want that the run is lost", err)
		}
		if text += s; text == "one two" && failed == nil {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
		}
	}
	if text != "one two" || failed == nil {
		t.Errorf("the reader has %q, %v, want what had come", text, failed)
	}
	if text, err := all(ctx, b, r); text != "one two" || !errors.As(err, &failed) {
		t.Errorf("a page that is loaded again has %q, %v, want what had come, and that it is lost", text, err)
	}
}

// writeForEver is the process that is killed.
func writeForEver(t *testing.T, url string) {
	store, err := natsbroker.Open(t.Context(), runOptions(url, "KILLED"))
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
