package clienttest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/lossy"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
)

// Patience limits the wait of a test for something that should happen at once.
const Patience = 30 * time.Second

// dir is where the scripts and their packages are.
const dir = "testdata"

// Options configure a script. Not every script supports all of them.
type Options struct {
	URL     string            `json:"url"`
	Names   []string          `json:"names,omitempty"`   // of events to listen to, besides "message"
	Method  string            `json:"method,omitempty"`  // empty: GET
	Headers map[string]string `json:"headers,omitempty"` // of the request
	Body    string            `json:"body,omitempty"`
	API     string            `json:"api,omitempty"` // "responses", or empty for chats
	// Defaults leaves the retries of a client of models as the package has them.
	Defaults bool `json:"defaults,omitempty"`
	Stay     bool `json:"stay,omitempty"` // come back after a proper end, too, where that is to be chosen
}

// A Report is a message of a script: open, event, lost, stopped; or text, done
// and error for the answers of a language model.
type Report struct {
	Kind           string
	lossy.Received        // of an event
	Text           string // a piece of an answer, an error's message
	Status         int    // of an error
	Code           string // of an error
}

// A Client is a running script.
type Client struct {
	t     testing.TB
	name  string
	stdin io.WriteCloser

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when something below changes
	reports []Report
	gone    bool // the process has ended
}

// Run runs the script with that name until the test ends.
func Run(t testing.TB, script string, o Options) *Client {
	t.Helper()
	argument, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), nodetest.Node(t, dir), "--no-warnings", script, string(argument))
	cmd.Dir = dir
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &Client{t: t, name: script, stdin: stdin, changed: make(chan struct{})}
	done := make(chan struct{})
	go func() { // the cleanup waits for it
		defer close(done)
		c.listen(stdout)
	}()
	t.Cleanup(func() {
		_ = stdin.Close() // which ends it, if its context has not
		<-done
		_ = cmd.Wait() // killed, perhaps
		if complaints.Len() > 0 {
			t.Errorf("%s writes:\n%s", script, complaints.String())
		}
	})
	return c
}

func (c *Client) listen(r io.Reader) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			c.change(func() { c.gone = true })
			return
		}
		var report Report
		if err := json.Unmarshal(line, &report); err != nil {
			c.t.Errorf("%s reports %q: %v", c.name, line, err)
			continue
		}
		c.change(func() { c.reports = append(c.reports, report) })
	}
}

// change changes what the test waits for.
func (c *Client) change(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	close(c.changed)
	c.changed = make(chan struct{})
}

// Order sends an order to the script.
func (c *Client) Order(order string) {
	c.t.Helper()
	if _, err := io.WriteString(c.stdin, order+"\n"); err != nil {
		c.t.Fatalf("%s does not take the order %q: %v", c.name, order, err)
	}
}

// Wait waits until there are n reports of the kind and returns the last one.
func (c *Client) Wait(kind string, n int) Report {
	c.t.Helper()
	var found []Report
	c.until(kind, func() bool {
		found = c.of(kind)
		return len(found) >= n
	})
	return found[n-1]
}

// WaitEvent waits for an event of that name.
func (c *Client) WaitEvent(name string) {
	c.t.Helper()
	c.until("event "+name, func() bool {
		return slices.ContainsFunc(c.of("event"), func(r Report) bool { return r.Name == name })
	})
}

// Events returns the events that have been received.
func (c *Client) Events() []lossy.Received {
	c.mu.Lock()
	defer c.mu.Unlock()
	var events []lossy.Received
	for _, r := range c.of("event") {
		events = append(events, r.Received)
	}
	return events
}

// Texts returns the pieces of text that have been received.
func (c *Client) Texts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var texts []string
	for _, r := range c.of("text") {
		texts = append(texts, r.Text)
	}
	return texts
}

// of returns the reports of a kind. c.mu is held.
func (c *Client) of(kind string) []Report {
	var found []Report
	for _, r := range c.reports {
		if r.Kind == kind {
			found = append(found, r)
		}
	}
	return found
}

// until waits for a condition, which is looked at with the lock held.
func (c *Client) until(what string, condition func() bool) {
	c.t.Helper()
	timeout := time.After(Patience)
	for {
		c.mu.Lock()
		ok, gone, changed := condition(), c.gone, c.changed
		c.mu.Unlock()
		if ok {
			return
		}
		if gone {
			c.t.Fatalf("%s has ended without %s", c.name, what)
		}
		select {
		case <-changed:
		case <-timeout:
			c.mu.Lock()
			defer c.mu.Unlock()
			c.t.Fatalf("%s does not report %s within %v; it has reported %d things, at last %+v",
				c.name, what, Patience, len(c.reports), c.reports[max(0, len(c.reports)-3):])
		}
	}
}
