// Package sse writes and reads Server-Sent Events, the streams that a browser
// opens with EventSource:
// https://html.spec.whatwg.org/multipage/server-sent-events.html.
//
// A [Handler] serves a stream. To read or refuse the request first, call [Open]
// in a handler of your own.
//
//	func main() {
//		http.Handle("GET /time", sse.Handler(func(ctx context.Context, s *sse.Stream) error {
//			for {
//				select {
//				case <-ctx.Done(): // the client has left, for example
//					return ctx.Err()
//				case now := <-time.After(time.Second):
//					if err := s.Send(sse.Event{Data: now.Format(time.TimeOnly)}); err != nil {
//						return err
//					}
//				}
//			}
//		}))
//		log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
//	}
//
// A [Reader] parses a stream, and a [Client] reads one and reconnects. Package
// llm reads the streams of language models.
//
// # The life of a stream
//
// The status and the headers are sent at once, so that the client knows of the
// stream before the first event. Options.Retry is sent with them.
//
// Each event is one write and one flush. Each write has its own deadline, so the
// server's WriteTimeout does not end the stream, and a client that does not read
// ends only its own stream. Any goroutine may send. While nothing is sent, a
// timer sends a heartbeat every 15 s. A stream that waits holds no buffer and no
// goroutine other than the handler's.
//
// A stream ends when its handler returns. The context of the stream tells the
// handler to return: when the client has left, a write has failed,
// Options.MaxLife is over, or the server stops ([Options].Until).
//
//	cause of the end               what the client receives
//	the handler returns            the end of the response
//	MaxLife                        the end of the response
//	Until                          a random retry, the end of the response
//	an error or a panic            a connection that is cut
//	a write that takes too long    a connection that is cut
//
// EventSource reconnects after each of these. It stops only if its next request
// is answered by [Stop]. Clients that fetch a stream by other means often take
// the end of the response for success, and reconnect only after a cut. A stream
// that has failed is cut for this reason.
//
// A client that reconnects sends the ID of the last event that it has received:
// see [Stream.LastEventID]. The ID is the last line of its event, so that no
// client records the ID of an event that it has not received completely.
//
// # Limits
//
// Proxies between server and client, and middleware in the server, must pass on
// each event at once:
//
//   - nginx and similar proxies do, since the header X-Accel-Buffering tells them
//     to. The proxy_read_timeout of nginx (60 s), or the same setting of any
//     other proxy, must be longer than the heartbeat.
//   - A cache must not store the response, and a proxy must not compress it.
//     Cache-Control says both unless you set it. The compression of HAProxy, for
//     example, delivers each event with the next one.
//   - Middleware that wraps the ResponseWriter must have Flush or Unwrap. Without
//     them, Open returns an error. It should have SetWriteDeadline or Unwrap.
//     http.TimeoutHandler has none of these.
//   - Compression in the server must end a block with each flush. Middleware with
//     a minimum size, such as NYTimes/gziphandler and CAFxX/httpcompression, holds
//     back what is smaller in spite of a flush. A comment of 2 KB at the start of
//     the stream exceeds the default size. With a larger size, or with heartbeats
//     turned off, exclude streams from it.
//
// Over HTTP/1.1, browsers open at most six connections to a host, for all tabs
// together. With six streams open, the site no longer loads. Serve browsers over
// HTTP/2, where a stream does not take a connection: net/http does so with TLS,
// and a proxy does so for the server behind it. Open one stream for a page and
// give its events names, instead of one stream for each part. Without HTTP/2,
// share one stream among tabs with a SharedWorker or a BroadcastChannel.
//
// Over HTTP/1.1, the server notices that a client has left only after it has read
// the request's body. It reads the rest of the body when the headers are sent, up
// to 256 KiB, and the handler can no longer read it. It waits for the body up to
// the server's ReadTimeout or, without one, for the time of a write.
//
// A client whose network has failed sends nothing, and heartbeats do not reveal
// it. They fit into the buffer of the connection. While they wait there for an
// acknowledgement, TCP sends no keep-alive probes. Linux gives up such a
// connection after a quarter of an hour. The example ClientsThatVanish takes less
// than a minute. It sets TCP_USER_TIMEOUT on the listener and, for HTTP/2, the
// SendPingTimeout of http.HTTP2Config, which exists on every system. Without
// either, set MaxLife, or turn heartbeats off: keep-alive probes then take two
// and a half minutes. Behind a proxy, the proxy has to notice.
//
// EventSource sends only GET requests and cannot set headers. It listens to
// events by name, and uses the names "error" and "open" itself. Some other
// clients reconnect only if IDs are printable ASCII. An ID with fewer than 128
// bytes and without quotes and brackets is also safe in requests to other
// origins. A [CORS] lets pages of other origins use a handler.
package sse
