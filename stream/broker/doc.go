// Package broker delivers the events that are published on a topic to all its
// subscribers, over Server-Sent Events. A client that reconnects receives the
// events that it has missed. Topics are kept in the memory of one process, or in
// a [Store] that several processes share.
//
// One line serves a topic, and one publishes on it, here a templ component:
//
//	var prices broker.Broker
//
//	func routes() http.Handler {
//		mux := http.NewServeMux()
//		mux.Handle("GET /prices", prices.Topic("prices").Handler())
//		return mux
//	}
//
//	func changed(ctx context.Context, cents int) error {
//		_, err := prices.Topic("prices").PublishComponent(ctx, price(cents))
//		return err
//	}
//
// [Broker.Handler] serves many topics. Each request names its topic, and
// [Broker].Authorize decides whether the request may subscribe to it.
//
// # The life of a subscription
//
// The broker authorizes and counts the request, and opens the stream. First it
// sends the events that were published after the client's last event (see
// [sse.LastEventID]), then new events as they are published. Both are read under
// one lock, so that no event is lost or sent twice between them. A page that has
// not received an event yet can use a position: it asks for [Topic.Position]
// before it loads its content, and puts the position into the URL of its first
// request.
//
// Each event is encoded once. A subscriber has no queue: it reads the events that
// the topic retains at its own pace, so a stuck subscriber delays neither the
// publisher nor other subscribers. The [Policy] decides what happens to a
// subscriber that is further behind than Queue allows. A client that does not
// accept a write in time is disconnected (sse.Options.WriteTimeout).
//
// # Commit first, publish after
//
// Publish a change after its transaction has been committed, when every page can
// read it. Ask for the Position before you read the content of a page. Each
// change is then in the content, in an event after the position, or in both.
// Events must therefore be such that an event whose change is already shown does
// no harm. A change that is published before it is committed may be in neither.
//
// Pass the context of the request to Publish and PublishComponent. Both outlive
// the request: if the visitor leaves after the commit, open pages are still
// updated.
//
// Publish in the order of the commits. Of two changes to one thing, pages keep
// showing the event that comes last. Hold one lock while you read the state and
// call Publish, which waits for no subscriber, or let one goroutine publish all
// events.
//
// # Gaps
//
// The ID of an event is valid on its own topic, as long as the process lives and
// the events after it are retained. After any other ID, the stream begins with
//
//	event: gap
//	data: expired
//
// The data is "expired" if events after the ID are no longer retained. It is
// "unknown" if the ID belongs to an earlier process or another topic, or was
// never given. The content that the client shows may then be out of date. The
// client must fetch its content again, with a new position, and subscribe after
// that position. It should first wait a random time, since all clients are told
// of a gap when the server restarts. The event has no ID, so that a client that
// is cut before it could act is told again.
//
// A client may be told of a gap although no event is missing. If events are
// missing, it is always told, except under the policy [DropOldest].
//
// With a [Store], the event may also come in the middle of a stream, if the
// process was cut off from the Store for longer than the Store retains events.
//
// # Topics that end
//
// [Topic.End] ends a topic, such as one answer of a model or one import. Each
// stream then sends what its client has not received yet, and ends with
//
//	event: end
//	data:
//	id: ...
//
// EventSource reconnects once more and is stopped by the status 204. A page that
// listens to the event "end" can close its EventSource itself. The status 204 is
// also the answer to every later client for which no event is left. The end is
// retained for as long as an event. Without it, EventSource reconnects for ever,
// unless Authorize returns [ErrStop].
//
// # Topics that a function writes
//
// [Broker.Start] runs a function that writes a topic of its own, such as the answer
// of a model, and ends it. The run belongs to no request. [Topic.Data] reads the
// topic from its start, for a page. A reload, a second tab or a visitor who returns
// receives what has come and what is still to come, once, and the model is asked
// once. [Topic.Stop] is for a stop button, and [RunOptions] limit a run that nobody
// watches. A run ends with its process. Nothing continues it elsewhere, but with a
// Store its readers in other processes are told.
//
// # What must not be published
//
// All subscribers of a topic receive the same bytes. Never publish HTML that was
// made for one user, with the user's name, rights or a token in it, on a topic
// that others may read. Publish what everyone may see, or give each user a topic
// and check each request with Authorize. [Topic.PublishComponent] gives a view
// nothing of the request: no values of the context, no nonce, and no record of
// what templ has already sent.
//
// # Who may subscribe
//
// Authorize is called when a client connects, not for each event. Set
// Stream.MaxLife to make clients reconnect, so that they are authorized again.
// Call [Broker.Disconnect] when a session ends. Pages of other origins are
// refused, unless [Broker.CORS] allows them. The [Limits] keep one client from
// using up the server. Behind a proxy, all clients have one address: set Subject
// there, or PerSubject counts them as one.
//
// A client whose network has failed counts until the server notices. That takes a
// quarter of an hour, unless the server is configured to check earlier: see
// package sse.
//
// EventSource gives up at a status other than 200. A client that is refused by a
// limit therefore does not reconnect by itself.
//
// # Limits
//
// Over HTTP/1.1, a browser opens six connections to a host, for all its tabs
// together. The seventh stream or page waits. Serve browsers over HTTP/2, or let
// each page subscribe to one topic for everything that it shows.
//
// Without a Store, topics are in the memory of one process. After a restart,
// every client is told of a gap. Behind a load balancer, subscribers do not
// receive the events of other instances. Use a Store, such as the one of package
// natsbroker, for several instances or to survive restarts.
package broker
