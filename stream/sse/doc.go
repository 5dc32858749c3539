// Package sse writes and reads Server-Sent Events, the streams that a browser
// opens with EventSource: https://html.spec.whatwg.org/multipage/server-sent-events.html.
//
// To serve a stream, send events from a [Handler]; where the request must be
// read or refused first, [Open] a stream in a handler of your own:
//
//	mux.Handle("GET /prices", sse.Handler(func(ctx context.Context, s *sse.Stream) error {
//		for price := range prices(ctx) {
//			if err := s.Send(sse.Event{Name: "price", Data: price}); err != nil {
//				return err
//			}
//		}
//		return ctx.Err()
//	}))
//
// To read one, a [Reader] parses it and a [Client] keeps it open. Package llm reads
// the streams of language models.
//
// # The life of a stream
//
// The status and the headers leave at once, so that the client knows of the
// stream before there is an event. Options.Retry goes with them.
//
// Then each event is one write and one flush, each write with a deadline of its
// own: the server's WriteTimeout does not end the stream, and a client that
// does not read ends only its own. Any goroutine may send. While nothing is
// sent, a timer sends a heartbeat every 15 s; a stream that waits holds no
// buffer and no goroutine but the handler's.
//
// A stream ends when its handler returns. Its context tells the handler when:
// the client has left, a write has failed, Options.MaxLife is over, or the server
// stops ([Options].Until).
//
//	what ends it                   what the client sees
//	the handler returns            the end
//	MaxLife                        the end
//	Until                          a random retry, the end
//	an error or a panic            a connection that is cut
//	a write that takes too long    a connection that is cut
//
// EventSource reconnects after each of these; the only end it respects is the
// answer of [Stop] to its next request. Clients that fetch a stream by
// themselves often take an end for a success and reconnect after a cut only,
// which is why a stream that has failed is cut.
//
// A client that reconnects names the last event it has seen, by the ID that the
// event had: see [Stream.LastEventID]. An ID stands at the end of its event,
// so that no client takes over the ID of an event it has not seen whole.
//
// # Limits
//
// Between a stream and its client there may be a proxy, and in the server there
// may be middleware. Both must pass on what they are given:
//
//   - nginx and its kin do, since the header X-Accel-Buffering tells them to.
//     Their proxy_read_timeout (60 s) must be longer than the heartbeat; that of
//     any other proxy, too.
//   - A cache must not store the answer: Cache-Control says so unless you do.
//   - Middleware that wraps the ResponseWriter must have Flush or Unwrap, or
//     there can be no stream: Open returns an error. It should have
//     SetWriteDeadline or Unwrap. http.TimeoutHandler has none of these.
//   - Compression must end a block with each flush. A proxy that compresses
//     without doing so is kept from it by the Cache-Control "no-transform".
//     NYTimes/gziphandler and CAFxX/httpcompression hold what is shorter than
//     their least size in spite of a flush: leave streams out.
//
// Over HTTP/1.1 browsers open six connections to a host at most, for all of
// their tabs together: with six streams open, the site no longer loads. Serve
// browsers over HTTP/2, where a stream costs no connection (net/http does so
// with TLS; a proxy does so for a server behind it). Open one stream for a
// page, whose events have names, not one for each of its parts. Share one among
// tabs with a SharedWorker or a BroadcastChannel where HTTP/2 cannot be had.
//
// Over HTTP/1.1 the server notices that a client has left when the request's
// body has been read. It reads by itself what is left of it when the headers
// are sent, up to 256 KiB, and the handler cannot read it any more. A body that
// does not come within the server's ReadTimeout, or else the time of a write, is
// not waited for.
//
// A client whose network is gone says nothing, and heartbeats do not notice it:
// they fit into the buffer of the connection, and while they wait there for an
// acknowledgement TCP sends no keep-alive probes. Linux gives the connection up
// after a quarter of an hour. The example ClientsThatVanish has what does it in less
// than a minute: TCP_USER_TIMEOUT on the listener and, over HTTP/2, the SendPingTimeout
// of http.HTTP2Config, which every system has. Where there is neither, set MaxLife,
// or turn heartbeats off: keep-alive probes then take two and a half minutes. Behind
// a proxy it is the proxy that has to notice.
//
// EventSource can only send GET requests, without headers of your choice. It
// listens to events by name, and the names "error" and "open" are its own. Some
// other clients reconnect only if IDs are printable ASCII; under 128 bytes
// without quotes and brackets they are also safe across origins.
package sse
