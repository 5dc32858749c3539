// Package streamtest asks a handler for a page and shows what the reader of the page
// sees, at its end and at each moment before.
//
//	func TestThePageShowsTheWeather(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) {
//			page := streamtest.Get(t, stream.Handler(stream.Component(Page())), "/")
//
//			if want := "<em>looking out of the window …</em>"; !strings.Contains(page.Shell, want) {
//				t.Errorf("the shell lacks %s\n%s", want, page)
//			}
//			if want := "<strong>sunny, 21 °C</strong>"; !strings.Contains(page.HTML, want) {
//				t.Errorf("the page lacks %s\n%s", want, page)
//			}
//			if page.ShellAt != 0 || page.End != 2*time.Second {
//				t.Errorf("the shell came at %v and the end at %v, want 0s and 2s", page.ShellAt, page.End)
//			}
//		})
//	}
//
// In a bubble of testing/synctest the two seconds take no time, and the times in the
// [Page] are exact. Outside of one, they pass.
//
// [Get] fails the test if the page is at fault: the server has cut it, a chunk has no
// marker, or a boundary still shows its fallback at the end. [Do] sends a request of
// your own, for example with the header that requests a key. A [Client] may leave,
// stall or be cut. [Client.Try] returns the fault of a page that is expected to have
// one.
//
// # What the handler meets
//
// An http.Server calls it over HTTP/1.1. The connection is a pipe without buffers, in
// memory. Flush, deadlines, full duplex, informational responses and trailers work as
// over a socket. So does the end of the request's context when the client leaves.
//
// # How chunks are revealed
//
// The content of a chunk replaces what stands between its markers, as text. A browser
// does the same in its tree. Both agree unless the parser would move the content: an
// element that the content leaves open, an end tag without a start, a <div> in a <p>,
// a text beside the rows of a table. Scripts of the page do not run. What a live
// region receives later is not part of the page.
//
// # Limits
//
//   - One goroutine sends the body of the request while another one reads the
//     response. A body that blocks for ever blocks the test.
//   - A handler that does not return is reported a minute after the end of the
//     response.
//   - The protocol is HTTP/1.1. What a connection tells, such as RemoteAddr and TLS,
//     is what the request says.
package streamtest
