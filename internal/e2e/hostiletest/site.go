package hostiletest

import (
	"bytes"
	"math/rand/v2"
)

// A Site describes the site that is attacked.
type Site struct {
	Server *Server
	// Target chooses a request whose answer contains the token, if it can.
	Target func(r *rand.Rand, token string) Target
	// Streams are the paths of event streams.
	Streams []string
	// Healthy are the paths of the ordinary visitor, with %s for the token.
	Healthy []string
	// Closed are paths that answer only clients with their secret.
	Closed []string
	// Secrets are texts that no answer may contain.
	Secrets []string
	// Planted is a text that every panic of the site itself contains.
	Planted string
	// Attacks are the attacks that are specific to the site.
	Attacks []Attack
	// Quiesce ends the background work of the site, before leaks are looked for.
	Quiesce func()
	// Most limits the heap during the attacks, in bytes.
	Most uint64
	// Slack limits the growth of the heap after the attacks, in bytes.
	Slack uint64
}

// An Attack is sent by one goroutine and takes at most some seconds.
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
	// Whole reports whether an answer with the status 200 was not cut. Nil means
	// that it always is complete.
	Whole func([]byte) bool
	// Tells means that the page shows errors on purpose.
	Tells bool
	// Echoes means that a complete answer contains the token.
	Echoes bool
	// Stream means that the answer may continue for as long as the client stays.
	Stream bool
}

// WholePage reports whether a page has its end.
func WholePage(body []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")) }

// WholeAnswer reports whether the stream of a model has its proper end.
func WholeAnswer(body []byte) bool {
	return bytes.Contains(body, []byte("data: [DONE]")) || bytes.Contains(body, []byte(`"error"`))
}

// Mark begins the input of a hostile visitor. As markup, it is an element that no
// page has.
const Mark = "<zqx"
