package llm

import (
	"io"
	"net/http"
	"time"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A slowBody reads the body of a request. Each part of it has the time of a write,
// so that a slow client has time for a huge body and one whose body never comes
// holds nobody.
type slowBody struct {
	r       io.Reader
	rc      *http.ResponseController
	timeout time.Duration
	left    int // of the part
}

// newSlowBody returns a reader of body, which is that of r or reads it. It sets
// no deadlines if the server does, by its ReadTimeout, or if timeout is negative.
func newSlowBody(w http.ResponseWriter, r *http.Request, body io.Reader, timeout time.Duration) *slowBody {
	b := &slowBody{r: body, timeout: writers.WriteTimeout(r, timeout)}
	if srv := writers.Server(r); b.timeout > 0 && (srv == nil || srv.ReadTimeout <= 0) {
		b.rc = http.NewResponseController(w)
	}
	return b
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.rc == nil {
		return b.r.Read(p)
	}
	if b.left == 0 {
		b.left = writers.PartSize
		_ = b.rc.SetReadDeadline(time.Now().Add(b.timeout)) // or it has to do without
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// came takes the deadline away from what the connection has to read later.
func (b *slowBody) came() {
	if b.rc != nil {
		_ = b.rc.SetReadDeadline(time.Time{})
	}
}
