// Package broker passes what is published on a topic on to all who subscribe to
// it, over Server-Sent Events, and sends those who come back what they have
// missed. Its topics are in memory, of one process, or in a [Store] that several
// processes share.
//
// One line serves a topic, and one publishes on it:
//
//	var b broker.Broker
//	mux.Handle("GET /prices", b.Topic("prices").Handler())
//	...
//	_, err := b.Topic("prices").PublishComponent(ctx, Price(4711)) // a templ component
//
// [Broker.Handler] serves many topics, each under a name that the request tells,
// and asks [Broker].Authorize for each.
//
// # The life of a subscription
//
// The request is authorized and counted, the stream opened. What was published
// after the event that the client names as its last (see [sse.LastEventID]) is
// sent first, then what is published from there on: the place where one becomes
// the other is found under one lock, so that nothing falls between and nothing
// comes twice. A page that has no last event yet can be rendered with the
// [Topic.Position] that it was loaded at, and put that into the URL of its first
// request.
//
// An event is encoded once. Nothing is queued for a subscriber: each reads what
// the topic retains at its own pace, so one that is stuck delays neither the
// publisher nor anybody else. What it has not read when it is further behind
// than Queue is a matter of the [Policy]; a write that it does not take ends its
// stream (sse.Options.WriteTimeout).
//
// # Commit first, publish after
//
// Publish when what the event tells of can be read by everyone, after the
// transaction has been committed; and ask for a Position before what the page
// shows is read. A change is then in what the page has read, or in an event
// after its position, or in both, so events must be such that receiving one of
// what is there already does no harm. Published first, a change can be in
// neither.
//
// Pass the context of the request: Publish and PublishComponent outlive it, so that a
// visitor that leaves after the commit leaves no open page stale.
//
// Publish in the order of the commits, too: of two changes to one thing, the
// event that comes last is what stays on the pages. Hold one lock over reading
// what is to be told and Publish, which waits for no subscriber, or give the
// events to one goroutine.
//
// # Gaps
//
// An id is good while the events after it are retained, on its own topic, as
// long as the process lives. After any other the stream begins with
//
//	event: gap
//	data: expired
//
// or unknown, for an id of another life of the server, of another topic, or of
// nobody. What the client shows may then be out of date by any number of
// events. It must fetch what it shows again, with its position, and subscribe
// after that; it should wait a random time before it does, since after a restart
// of the server all clients are told at once. The event has no id, so a client
// that is cut before it could act is told again. There may be a gap told where
// nothing is missing, never the other way round.
//
// With a [Store] the event may also come in the middle of a stream, to clients of a
// process that was away from the store for longer than events are retained.
//
// # What must not be published
//
// All subscribers of a topic receive the same bytes. HTML made for one user, with
// their name, their rights or a token in it, never goes onto a topic that others
// may read: publish what everyone may see, or give each user a topic and
// Authorize each. Nor does [Topic.PublishComponent] give a view anything of its
// request: values of the context, a nonce, what templ has already sent.
//
// # Who may subscribe
//
// Authorize is asked when a client connects, not for each event. Set
// Stream.MaxLife, so that clients must come back and be asked again; call
// [Broker.Disconnect] when a session has been ended. Pages of other origins are
// refused, unless [CORS] names theirs. The [Limits] keep one client from taking
// all there is. Behind a proxy all clients have one address: set Subject there,
// or PerSubject counts them as one.
//
// A client whose network is gone counts until that is noticed, which takes a
// quarter of an hour unless the server is told to look: see package sse.
//
// A status other than 200 makes EventSource give up: a client that is over a
// limit does not come back by itself.
//
// # Limits
//
// Over HTTP/1.1 a browser has six connections for a host, of all its tabs: the
// seventh stream, or page, waits. Serve browsers over HTTP/2, or let a page
// subscribe to one topic for all it shows.
//
// Without a Store a topic is retained in memory and in one process: after a restart
// every client is told of a gap, and what one instance behind a load balancer
// publishes the others do not hear of. A Store, such as that of package natsbroker,
// is for more than one, and for an instance that is restarted.
//
// A client is not told that a topic has no more events, unless Authorize returns
// [ErrStop] when it comes back; until then EventSource reconnects for ever.
package broker
