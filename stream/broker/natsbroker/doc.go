// Package natsbroker keeps the events of a broker.Broker in NATS JetStream, so
// that any number of processes, behind a load balancer, serve the same topics.
// What is published on one reaches the subscribers of all, and an id that a
// client has from one is good on each.
//
//	ctx, cancel := context.WithTimeout(ctx, 15*time.Second) // how long Open waits for NATS
//	store, err := natsbroker.Open(ctx, natsbroker.Options{URL: os.Getenv("NATS_URL")})
//	...
//	b := &broker.Broker{Store: store}
//	mux.Handle("GET /prices", b.Topic("prices").Handler())
//	...
//	err = b.Shutdown(ctx)      // the streams end, handlers may still publish
//	err = server.Shutdown(ctx) // the handlers end
//	err = store.Close()
//
// All else is as package broker has it: Authorize, Limits, CORS, the policy for
// slow subscribers. For development and tests there is package embedded, a NATS
// server in the same process.
//
// # Order and errors
//
// No lock is held over a commit and its publication by several processes, so two
// may publish in another order than they have committed. Where that matters publish
// the whole of what is shown, not what is new, and to do it twice is harmless: after
// a commit read what is there, publish it (live.Region.ReplaceAll), read again, and
// go on until nothing has changed meanwhile. Then the last event holds the last
// commit: whoever publishes an older state finds the newer one after that, unless it
// is committed, and so published, later still. The reads must see each commit: those
// of a replica may not.
//
// After broker.ErrUnavailable, when the event may be out or not, do it again with
// growing pauses: in one goroutine that requests wake and do not wait for. It begins
// by publishing, since a process that was killed may have told nobody, and ends after
// http.Server.Shutdown, before Close. The program examples/instances does all that.
//
// # What to set
//
// [Options].URL, with tls:// for a server with TLS, and credentials and the
// authorities that are trusted as options of the connection, in Connect:
// nats.UserCredentials, nats.UserInfo or nats.Nkey, nats.RootCAs, nats.ClientCert.
// A password in the URL is percent-encoded. Open says at once what is wrong with
// any of that, and no error has the password. Afterwards a server that refuses the
// user is tried again for as long as the store is open; [broker.Stats].Store says so,
// and so does package nats on stderr unless Connect has a nats.ErrorHandler.
//
// Retain, which in a broker with a Store is that of the Store. Processes that share a
// stream set the same; the one that is opened last sets the limits.
//
// The user of NATS needs to publish on the subjects of the topics, on $JS.API.> and
// on $JS.FC.>, by which a process answers that it keeps up, and to subscribe to
// _INBOX.>, or to what nats.CustomInboxPrefix says. For one stream, EVENTS, with
// the subjects events, these will do:
//
//	publish:   events.*
//	           $JS.API.STREAM.INFO.EVENTS
//	           $JS.API.STREAM.CREATE.EVENTS (not where the stream is there)
//	           $JS.API.STREAM.UPDATE.EVENTS (not where its limits are as they should be)
//	           $JS.API.CONSUMER.CREATE.EVENTS.>
//	           $JS.API.CONSUMER.INFO.EVENTS.* (with Replicas)
//	           $JS.FC.EVENTS.>
//	subscribe: _INBOX.>
//
// What is denied is an error that matches nats.ErrPermissionViolation and names the
// subject: Open, Publish and Position return it, and [broker.Stats].Store has it for a topic
// that may not be followed.
//
// In a cluster Replicas: 3, and all its servers in the URL, separated by commas:
// then any one may stop. While the others elect a leader nobody is answered, which
// takes seconds; Open waits for it too. Positions are those of the leader.
//
// # What NATS keeps
//
// One stream for all topics. A topic is a subject, "rivulet.prices" say, in which
// "." and "%" of its name are percent-encoded. A message's data are those of the
// event; headers hold its name and its retry. What somebody else publishes on
// the subject arrives too: it must be trusted like the program itself. An event's
// number is its place in the stream. The stream's limits are those of
// [Options].Retain, for each topic, and Bytes, for all. Its messages cannot be
// deleted or purged one by one, since nobody would be told: to forget all, delete
// the stream. Change its limits through Options, not by hand.
//
// For each topic that has subscribers a process has one consumer, begun with the
// first and ended with the last: ten thousand subscribers cost NATS as much as
// one. Its state is in memory and it acknowledges nothing. The process retains in
// memory what Retain says, so that whoever comes back is served from there. The
// first subscriber of a topic in a process waits until it has been fetched.
//
// # How to size it
//
// The disk of each server holds at most Bytes, which JetStream reserves. Without
// that limit it is the number of topics times Count times the size of an event,
// with some 150 bytes each for headers and its index. The memory of a process is
// Retain.Bytes at most for each topic with subscribers. A topic that none has
// takes nothing of a process. Bytes and Age must hold what is published in
// fifteen seconds (three heartbeats) at the least: an event that goes sooner may
// be missed by a process that hangs, without a gap.
//
// NATS takes an event of up to 1 MiB (max_payload of its server); a larger one is
// broker.ErrTooLarge, however much Retain.Bytes is. Each publication is one
// answer of the server, so that programs that publish much do it from several
// goroutines.
//
// A server that is killed has written what it acknowledged to its files, but one
// whose machine loses power has not, for up to two minutes, unless sync_interval
// is always or there are Replicas. Should the end of a stream be lost, its
// processes begin anew with a gap; a number may then be given twice.
//
// # When NATS is down
//
// Subscribers stay connected, are sent heartbeats and hear nothing. Who comes
// back is served what the process has, if it had the topic, and else waits with a
// connection; who comes without an id waits 2 s for the head of the answer, and is
// told of a gap when NATS is back. A page waits as long for its position, is shown
// without one, and goes on after a gap, too: see live.Await. Publish waits until
// the deadline of its context, or 5 s, and at most a minute, whether or not the
// request that caused it is given up meanwhile, and then returns
// broker.ErrUnavailable: the event may have been published all the same, if only
// the answer was lost. Tried within that time it is published once.
// [broker.Stats].Store says all this, for a probe. What else a program does over
// [Store.Conn] fails at once with nats.ErrReconnectBufExceeded, or when its context ends.
//
// When NATS is back each process goes on after the last event that it has:
// nothing that was acknowledged is lost, and nothing comes twice. A process that
// was away for longer than NATS retains tells its subscribers of a gap, and all
// do when the stream has been deleted, which is made anew then, or was in memory.
// A consumer that an operator deletes, or whose server stops while the process is
// connected to another of the cluster, is noticed after two and a half
// [Options].Heartbeat: its topic is late by as much, in that process.
package natsbroker
