// Package inspect shows what the last responses of a stream.Renderer did: a
// page with a waterfall for each, that goes on changing while they run. It is
// for the program's developers.
//
//	inspector := inspect.New(100)
//	rd := stream.Renderer{Trace: inspector.Trace()}
//	mux.Handle("GET /inspect", inspector)
//	fmt.Println(inspector.URL("http://localhost:8080/inspect"))
//
// The list tells path, status, time of the first byte, duration, bytes,
// boundaries and failures. Behind each path is its waterfall: the shell, and
// every boundary with the time that it was queued, was loading, waited for what
// is around it and waited to be sent; what stood in place, what failed, with its
// digest and stack, and which loads were abandoned; and the bytes of every
// chunk. The same comes as JSON with ?format=json.
//
// # Who sees it
//
// Whoever has its token. [New] makes a random one. [Inspector.URL] returns the
// address that holds it, for the program to print; and the first request that is
// refused, with the status 403, has it logged. Opening that address leaves a cookie
// in the browser, which it is known by until the program or the browser ends.
// Where a request seems to come from does not matter: the token opens the
// inspector behind any proxy and under any prefix, and nothing else does. A token
// of your own, [Inspector.Token], outlives a restart. Or [Inspector.Allow] decides
// alone.
//
// Cookies do not tell ports apart: what else you visit on the same host may be
// sent it. The access log of a proxy has the token.
//
// It keeps paths, the names that boundaries have in the program, and the texts and
// stacks of errors; of the request neither the query nor a header, and nothing
// that was loaded. Think of what your errors quote before you let others see it.
//
// # What it costs
//
// It keeps at most 256 boundaries, 256 chunks and 32 failures of a response,
// each cut where it is long, so less than 300 KiB, and says what it has left
// out. BenchmarkOverhead compares pages with and without it.
package inspect
