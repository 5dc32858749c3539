package llm

import (
	"io"
	"net/http"
	"time"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A slowBody reads the body of a request. Each part has the time of a write. A
// slow client can therefore send a huge body, while a body that never arrives
// does not block the handler.
type slowBody struct {
	r       io.Reader
	rc      *http.ResponseController
	timeout time.Duration
	left    int // unread bytes of the part
}

// newSlowBody returns a reader of body, which is the body of r or reads from it.
// It sets no deadlines if the server has a ReadTimeout, or if timeout is
// negative.
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
		_ = b.rc.SetReadDeadline(time.Now().Add(b.timeout)) // without support, there is no deadline
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// came removes the deadline, so that it does not apply to later reads from the
// connection.
func (b *slowBody) came() {
	if b.rc != nil {
		_ = b.rc.SetReadDeadline(time.Time{})
	}
}
