package hostiletest

import (
	"bytes"
	"math/rand/v2"
)

// A Site is what is attacked, and what is known of it.
type Site struct {
	Server *Server
	// Target chooses a request whose answer holds the token, if it can.
	Target func(r *rand.Rand, token string) Target
	// Streams are the paths of event streams.
	Streams []string
	// Healthy are the paths of the ordinary visitor, with %s for the token.
	Healthy []string
	// Closed are paths that answer nobody who has not their secret.
	Closed []string
	// Secrets are in no answer.
	Secrets []string
	// Planted are in each panic that the site itself throws.
	Planted string
	// Attacks are those that no other site has.
	Attacks []Attack
	// Quiesce ends what the site does by itself, before leaks are looked for.
	Quiesce func()
	// Most is how many bytes the heap may have while the attacks are on.
	Most uint64
	// Slack is how many bytes the heap may have grown when they are over.
	Slack uint64
}

// An Attack is sent as a whole by one goroutine and takes some seconds at most.
type Attack struct {
	Name string
	Do   func(*Assault)
}

// attacks are what every site is told.
var attacks = append(append(append(append(append(connections, requests...), queries...), http2s...), events...), floods...)

// A Target is a request that is answered.
type Target struct {
	Method string // empty means GET
	URI    string
	Type   string // of the body
	Body   string
	// Whole says whether an answer with the status 200 is one that is not cut.
	// Nil means that it always is.
	Whole func([]byte) bool
	// Tells means that the page shows errors on purpose.
	Tells bool
	// Echoes means that a whole answer holds the token.
	Echoes bool
	// Stream means that the answer may go on for as long as the client stays.
	Stream bool
}

// WholePage reports whether a page has its end.
func WholePage(body []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")) }

// WholeAnswer reports whether the stream of a model has an end that says so.
func WholeAnswer(body []byte) bool {
	return bytes.Contains(body, []byte("data: [DONE]")) || bytes.Contains(body, []byte(`"error"`))
}

// Mark begins what a hostile visitor types: as markup it is an element that no
// page has.
const Mark = "<zqx"
