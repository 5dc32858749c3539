// Package inspect shows developers what the last responses of a stream.Renderer
// did: a list of them, and a waterfall of each. The pages follow responses that
// are still running.
//
//	inspector := inspect.New(100)
//	rd := stream.Renderer{Trace: inspector.Trace()}
//	mux.Handle("GET /inspect", inspector)
//	fmt.Println(inspector.URL("http://localhost:8080/inspect"))
//
// The list shows the path, the status, the time of the first byte, the duration,
// the bytes, the boundaries and the failures of each response. The waterfall
// shows the shell, each boundary and each chunk. A boundary has the times that it
// was queued, was loading, waited for its parent and waited to be sent. The page
// says which boundaries stood in place, which failed, with digest and stack, and
// which loads were abandoned. Failures that were expected are counted and drawn
// apart. If an error has decided the status, the page says which, of which
// boundary, where a redirect leads, and whether it came before the first byte. A
// chunk has its bytes. With the query ?format=json,
// each page is JSON.
//
// # Who sees it
//
// The inspector is open to clients that have its token. The token is random
// unless [Inspector].Token is set, which keeps it over a restart. [Inspector.URL]
// returns the address with the token, for the program to print. The token is also
// logged when the first request is refused, with the status 403. A browser that
// opens the address receives a cookie, which is valid until the browser ends or
// the token changes. The token works behind any proxy and under any path. The
// address that a request comes from does not matter. If [Inspector].Allow is set,
// it decides instead of the token.
//
// Cookies do not distinguish ports: a browser may send the cookie to other
// servers on the same host. The access log of a proxy contains the token.
//
// The inspector keeps paths, the names of boundaries, and the texts and stacks of
// errors, and the targets of redirects with their query. It keeps neither the query nor the headers of a request, and nothing
// that was loaded. Consider what your errors quote before you let others see it.
//
// # What it costs
//
// The inspector keeps at most 256 boundaries, 256 chunks, 32 failures and 8
// decisions of a response. It cuts long texts, so a response takes less than 300 KiB. The page
// says what has been left out. BenchmarkOverhead compares pages with and without
// the inspector.
package inspect
