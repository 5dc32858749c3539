package natsbroker

import (
	"cmp"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Options configure a Store. All processes that share a stream use the same
// Options. The zero value uses the NATS server of this machine.
type Options struct {
	// URL is the address of NATS, or several addresses separated by commas. A
	// password in it must be percent-encoded. Empty means nats.DefaultURL.
	URL string
	// Server is a NATS server in this process, such as one of package embedded. It
	// is used instead of URL. Nil means that URL is used.
	Server nats.InProcessConnProvider
	// Connect holds further options of the connection, such as credentials, TLS or
	// its name. Nil means none.
	Connect []nats.Option
	// Conn is a connection to use instead of one that the store makes. Close does
	// not close it. Make it with nats.MaxReconnects(-1), so that it reconnects for
	// ever; with nats.IgnoreAuthErrorAbort, so that a temporary refusal does not
	// end it; and with nats.ReconnectBufSize(-1), so that an event that Publish
	// has given up is not sent later. Only its own nats.ErrorHandler learns what
	// NATS denies; the store sees no answer. Nil means that the store connects
	// itself.
	Conn *nats.Conn

	// Stream is the name of the JetStream stream. Empty means "RIVULET".
	Stream string
	// Subjects is the prefix of the subjects. With "rivulet", the topic "prices"
	// has the subject "rivulet.prices". Empty means the name of the stream in
	// lower case.
	Subjects string
	// Retain limits the events that each topic keeps: see package broker, also for
	// zero values. NATS enforces Age and Count, and keeps 64 events more than
	// Count. Each process enforces Bytes in its memory, since NATS has no such
	// limit. A negative Age means no limit.
	Retain broker.Retention
	// Bytes limits the size of the stream, with all topics, on the disk of each
	// NATS server. The oldest events are dropped when the limit is reached.
	// JetStream reserves the space. Zero or less means 1 GiB.
	Bytes int64
	// Memory makes NATS keep the events in memory instead of in files. All clients
	// are told of a gap when the server ends. False means files. Memory does not
	// change an existing stream.
	Memory bool
	// Replicas is the number of servers of a NATS cluster that keep the events.
	// With 3, one of them may fail. Replicas does not change an existing stream.
	// Zero or less means 1.
	Replicas int
	// Heartbeat is the interval at which NATS confirms that a topic with
	// subscribers has no new events. A deleted consumer is noticed and replaced
	// after two and a half intervals. Zero or less means 5 s. The minimum is 100
	// ms.
	Heartbeat time.Duration
	// Logger receives a line when Open waits for NATS, when the connection is lost
	// and when it is back. Handlers of Conn, or handlers that Connect sets,
	// replace the last two. Nil means slog.Default at the time of the line.
	Logger *slog.Logger
}

// logger returns the Logger, or its default.
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
