package natsbroker

import (
	"cmp"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Options say where the store is and what it keeps. All processes that share a store
// open it with the same Options. The zero value means the NATS server of this
// machine.
type Options struct {
	// URL is where NATS is, or several such, separated by commas. A password in
	// it is percent-encoded. Empty means nats.DefaultURL.
	URL string
	// Server is a NATS server in this process, such as one of package embedded,
	// and is used instead of the URL. Nil means none.
	Server nats.InProcessConnProvider
	// Connect are further options of the connection: credentials, TLS, its
	// name. Nil means none.
	Connect []nats.Option
	// Conn is a connection to be used instead of one of the store's own. It is
	// not closed. It should have been made with nats.MaxReconnects(-1), so that
	// it comes back, nats.IgnoreAuthErrorAbort, or being refused for a while
	// ends it, and nats.ReconnectBufSize(-1), or what Publish has given up may
	// be sent later. What NATS denies is told to its own nats.ErrorHandler
	// only; here it is an answer that does not come. Nil means none.
	Conn *nats.Conn

	// Stream is the name of the JetStream stream. Empty means "RIVULET".
	Stream string
	// Subjects is what the subjects of the topics begin with: the topic
	// "prices" has the subject "rivulet.prices" if it is "rivulet". Empty means
	// the name of the stream in lower case.
	Subjects string
	// Retain says what is retained of each topic, see package broker. Its Bytes
	// are held by each process, not by NATS, which has no such limit. A
	// negative Age never ends. NATS retains 64 events more than Count.
	Retain broker.Retention
	// Bytes is the most that the stream takes on the disk of each NATS server,
	// of all topics together; when it is full, the oldest events go. JetStream
	// reserves it. Zero or less means 1 GiB.
	Bytes int64
	// Memory has NATS keep the events in memory instead of in files: when its
	// server ends, all clients are told of a gap. It does not change a stream
	// that is there.
	Memory bool
	// Replicas is how many servers of a NATS cluster keep the events: 3 go on
	// when one is lost. It does not change a stream that is there. Zero or less
	// means 1.
	Replicas int
	// Heartbeat is how often NATS says of a topic with subscribers that there
	// is nothing new. A consumer that has been deleted is noticed and made anew
	// after two and a half. Zero or less means 5 s, the least is 100 ms.
	Heartbeat time.Duration
	// Logger receives a line when the connection is lost, when it is back, and
	// when Open waits for it. The handlers of Conn, and those that Connect sets,
	// replace the first two. Nil means slog.Default at the time of the line.
	Logger *slog.Logger
}

// logger returns where the store logs.
func (o Options) logger() *slog.Logger { return cmp.Or(o.Logger, slog.Default()) }

func (o Options) withDefaults() Options {
	if o.URL == "" {
		o.URL = nats.DefaultURL
	}
	if o.Stream == "" {
		o.Stream = "RIVULET"
	}
	if o.Subjects == "" {
		o.Subjects = strings.ToLower(o.Stream)
	}
	if o.Retain.Count <= 0 {
		o.Retain.Count = 1024
	}
	if o.Retain.Bytes <= 0 {
		o.Retain.Bytes = 4 << 20
	}
	if o.Retain.Age == 0 {
		o.Retain.Age = 5 * time.Minute
	}
	if o.Bytes <= 0 {
		o.Bytes = 1 << 30
	}
	if o.Replicas <= 0 {
		o.Replicas = 1
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = 5 * time.Second
	}
	o.Heartbeat = max(o.Heartbeat, 100*time.Millisecond)
	return o
}
