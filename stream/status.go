package stream

import "net/http"

// commit is called before status and headers leave: with the status that the
// response itself asks for, or zero, and maybe with all of the page.
func (p *response) commit(status int, last bool) {
	if p.status != 0 {
		status = p.status
	} else if status == 0 {
		status = http.StatusOK
	}
	if p.timing != nil && p.status == 0 {
		p.timing.begin(p.out.w.Header(), p.r, last)
	}
	if p.trace.Status != nil {
		p.trace.Status(p.ctx, status)
	}
}

// A pageWriter is what a Page is given if the status that it sets matters to
// somebody.
type pageWriter struct {
	http.ResponseWriter
	status int // zero: none was sent
}

// pageWriter returns w, or a pageWriter around it.
func (rd *Renderer) pageWriter(w http.ResponseWriter) http.ResponseWriter {
	if rd.ServerTiming || rd.Trace != nil && rd.Trace.Status != nil {
		return &pageWriter{ResponseWriter: w, status: statusOf(w)}
	}
	return w
}

func (w *pageWriter) WriteHeader(code int) {
	// After a 1xx there is still a status to come.
	if w.status == 0 && code >= 200 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *pageWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Flush is for a Page that leaves the answer to another handler.
func (w *pageWriter) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *pageWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w *pageWriter) Status() int                 { return w.status }

// statusOf returns the status that was sent through w, or zero if there was
// none or nobody knows.
func statusOf(w http.ResponseWriter) int {
	for {
		switch t := w.(type) {
		case interface{ Status() int }:
			return t.Status()
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return 0
		}
	}
}
