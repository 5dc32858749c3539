// Package natsbroker keeps the events of a broker.Broker in NATS JetStream, so
// that any number of processes behind a load balancer serve the same topics.
// Subscribers of every process receive the events that any process publishes, and
// the ID of an event is valid on all of them.
//
//	func run(ctx context.Context, server *http.Server, mux *http.ServeMux) error {
//		opening, cancel := context.WithTimeout(ctx, 15*time.Second) // how long Open waits for NATS
//		defer cancel()
//		store, err := natsbroker.Open(opening, natsbroker.Options{URL: os.Getenv("NATS_URL")})
//		if err != nil {
//			return err
//		}
//		b := &broker.Broker{Store: store}
//		mux.Handle("GET /prices", b.Topic("prices").Handler())
//
//		served := make(chan error, 1)
//		go func() { served <- server.ListenAndServe() }() // Shutdown ends it
//		select {
//		case err = <-served:
//		case <-ctx.Done():
//		}
//
//		ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
//		defer cancel()
//		return errors.Join(err,
//			b.Shutdown(ending),      // the streams end, handlers may still publish
//			server.Shutdown(ending), // the handlers end
//			store.Close(),
//		)
//	}
//
// Everything else works as package broker describes: Authorize, Limits, CORS and
// the policy for slow subscribers. Package embedded runs a NATS server in the
// same process, for development and tests.
//
// # Order and errors
//
// Several processes hold no common lock over a commit and its publication. Two of
// them may therefore publish in another order than they commit. Where the order
// matters, publish the complete state instead of the change, in a loop: after a
// commit, read the state, publish it (live.Region.ReplaceAll), read it again, and
// repeat until the state has not changed meanwhile. The last event then shows the
// last commit. A process that publishes an older state reads the newer one
// afterwards and publishes that. The reads must see every commit, which the reads
// of a replica may not.
//
// After broker.ErrUnavailable, the event may or may not have been published.
// Publish it again, with growing pauses, in one goroutine that requests wake but
// do not wait for. That goroutine first publishes the state when the program
// starts, since an earlier process may have been killed before it published. It
// ends after http.Server.Shutdown and before Close. The program
// examples/instances does all of this.
//
// # What to set
//
// Set [Options].URL, with tls:// for a server with TLS. Connect takes options of
// the connection for credentials and trusted authorities: nats.UserCredentials,
// nats.UserInfo or nats.Nkey, nats.RootCAs, nats.ClientCert. Percent-encode a
// password in the URL. Open returns an error at once if any of these is wrong,
// and no error contains the password. If a server refuses the user later, the
// store retries as long as it is open. [broker.Stats].Store reports the refusal,
// and package nats prints it on stderr unless Connect has a nats.ErrorHandler.
//
// Set Retain in the Options: a broker with a Store ignores its own. All processes
// that share a stream set the same Retain. The process that opened the stream
// last has set its limits.
//
// The NATS user must be allowed to publish on the subjects of the topics, on
// $JS.API.>, and on $JS.FC.>, where a process answers flow control. It must be
// allowed to subscribe to _INBOX.>, or to the prefix of nats.CustomInboxPrefix.
// For the stream EVENTS with the subjects "events", these permissions suffice:
//
//	publish:   events.*
//	           $JS.API.STREAM.INFO.EVENTS
//	           $JS.API.STREAM.CREATE.EVENTS (unless the stream exists)
//	           $JS.API.STREAM.UPDATE.EVENTS (unless its limits are right)
//	           $JS.API.CONSUMER.CREATE.EVENTS.>
//	           $JS.API.CONSUMER.INFO.EVENTS.* (with Replicas)
//	           $JS.FC.EVENTS.>
//	subscribe: _INBOX.>
//
// A missing permission is an error that matches nats.ErrPermissionViolation and
// names the subject. Open, Publish and Position return it. [broker.Stats].Store
// holds it for a topic that cannot be followed.
//
// In a cluster, set Replicas to 3 and list all servers in the URL, separated by
// commas. Any one server may then stop. NATS answers nothing while the other
// servers elect a leader, which takes seconds. Open waits for the election too.
// Positions come from the leader.
//
// # What NATS keeps
//
// One stream keeps all topics. Each topic is a subject, such as "rivulet.prices",
// in which "." and "%" of the topic's name are percent-encoded. The data of a
// message is the data of the event, and its headers hold the event's name, retry
// and comment. The number of an event is its sequence number in the stream. Messages
// that another program publishes on the subject are delivered too, so that
// program must be trusted like this one.
//
// The end of a topic ([broker.Topic.End]) is two messages. The first is on the
// subject of the topic with "%end" appended, such as "rivulet.prices%end", and has
// no data. A process that finds it publishes nothing more on the topic. The second
// is the last event of the topic, with the name "end". It comes a fifth of a second
// later: a process that publishes on a topic asks for the first message only that
// often. The process of a run ends its topic without that wait. NATS drops both with
// the age of an event, or with the limit Bytes.
//
// The runs of [broker.Broker.Start] have topics of the broker itself, whose subjects
// begin with "events.rivulet%2E" if the topics have "events". While a process has runs,
// it adds an event of about 150 bytes every 5 s, and one for each key when the run
// starts, when it ends, and meanwhile with a quarter of the age of an event. A process
// that has subscribers to runs of another one has one more consumer for that process.
// If RunOptions.Unwatched is set, it also adds an event with the names of these runs
// every 5 s, and the other process has a consumer for those.
//
// [Options].Retain limits each topic of the stream, and Bytes limits the whole
// stream. Messages cannot be deleted or purged one by one, since subscribers
// would not be told of it. To remove all events, delete the stream. Change the
// limits through Options, not by hand.
//
// A process has one consumer for each topic that has subscribers. The consumer
// starts with the first subscriber and ends with the last, so ten thousand
// subscribers cost NATS as much as one. The consumer keeps its state in memory
// and acknowledges nothing. The process keeps the events that Retain allows in
// memory, and serves clients that reconnect from there. The first subscriber of a
// topic in a process waits until these events have been fetched.
//
// # How to size it
//
// The stream takes at most Bytes on the disk of each server, and JetStream
// reserves that much. Without that limit it would take the number of topics times
// Count times the size of an event, plus about 150 bytes for the headers and
// index of each event. The memory of a process is at most Retain.Bytes for each
// topic with subscribers. A topic without subscribers takes no memory of a
// process. Bytes and Age must be large enough for the events of fifteen seconds
// (three heartbeats). A process that hangs may miss an event that is dropped
// sooner, without a gap.
//
// NATS accepts events of up to 1 MiB (max_payload of the server). A larger event
// is broker.ErrTooLarge, even if Retain.Bytes is larger. Each publication waits
// for an answer of the server, so publish from several goroutines where the rate
// is high.
//
// A server that is killed has written all acknowledged events to its files. A
// server whose machine loses power may lose the events of the last two minutes,
// unless its sync_interval is always or the stream has Replicas. If the end of a
// stream is lost, the processes start over with a gap. A number may then be given
// twice.
//
// # When NATS is down
//
// Subscribers stay connected and receive heartbeats, but no events. A client that
// reconnects is served from the memory of the process if the process has the
// topic. Otherwise it waits, for 2 s without headers, and then with an open
// connection. A client without an id is told of a gap when NATS is back. A page
// waits up to 2 s for its position. It is then shown without one, and is told of a gap
// later: see live.Await.
//
// Publish waits until the deadline of its context, or 5 s without a deadline, and
// for at most a minute. The end of the request does not end the wait. Publish
// then returns broker.ErrUnavailable. The event may have been published
// nevertheless, if only the answer was lost. Retries within one call publish the
// event once. [broker.Stats].Store reports the state for a probe. Calls on
// [Store.Conn] fail at once with nats.ErrReconnectBufExceeded, or when their
// context ends.
//
// When NATS is back, each process continues after the last event that it has
// received. No acknowledged event is lost, and none is delivered twice.
// Subscribers are told of a gap if their process was away for longer than NATS
// retains events. All subscribers are told of a gap if the stream was in memory
// or has been deleted; a deleted stream is created again. If an operator deletes
// a consumer, or its server stops while the process is connected to another
// server of the cluster, the process notices after two and a half
// [Options].Heartbeat. Its topic is late by as much in that process.
package natsbroker
