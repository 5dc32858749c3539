// Package inspect shows what the last responses of a stream.Renderer did: a
// page with a waterfall for each, that goes on changing while they run. It is
// for the developer's own machine.
//
//	inspector := inspect.New(100)
//	rd := stream.Renderer{Trace: inspector.Trace()}
//	mux.Handle("GET /inspect", inspector)
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
// It answers where both the peer's address and the host that was asked for are
// those of this machine, and where no header tells of a proxy; anybody else gets
// the status 403, unless [Inspector.Allow] decides. It keeps paths, the names
// that boundaries have in the program, and the texts and stacks of errors; of
// the request neither the query nor a header, and nothing that was loaded. Think
// of what your errors quote before you let others see it.
//
// # What it costs
//
// It keeps at most 256 boundaries, 256 chunks and 32 failures of a response,
// each cut where it is long, so less than 300 KiB, and says what it has left
// out. BenchmarkOverhead compares pages with and without it.
package inspect
