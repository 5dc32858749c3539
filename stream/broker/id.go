package broker

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"sync/atomic"
)

// An idSource makes ids. An id has an epoch and a number. The epoch differs
// between topics and between runs of a broker, so that an id is valid only where
// it was made. The numbers of all topics come from one counter.
type idSource struct {
	secret [16]byte
	last   atomic.Uint64 // the last number given
}

func (s *idSource) init() {
	_, _ = rand.Read(s.secret[:]) // never fails
}

var epochEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// epoch returns the epoch of a topic. The epoch of one topic does not reveal the
// epoch of another.
func (s *idSource) epoch(topic string) string { return epoch(string(s.secret[:]), topic) }

// epoch returns the epoch of a topic in one life. Topic names have no NUL.
func epoch(life, topic string) string {
	sum := sha256.Sum256([]byte(life + "\x00" + topic))
	return epochEncoding.EncodeToString(sum[:5])
}

// makeID returns an id that needs no escaping in a URL and no CORS preflight in a
// request header.
func makeID(epoch string, number uint64) string {
	return epoch + "-" + strconv.FormatUint(number, 10)
}

// parseID returns the number of an id that makeID has made for the epoch.
func parseID(id, epoch string) (number uint64, ok bool) {
	digits, ok := strings.CutPrefix(id, epoch+"-")
	if !ok || len(digits) > 20 {
		return 0, false
	}
	number, err := strconv.ParseUint(digits, 10, 64)
	return number, err == nil && strconv.FormatUint(number, 10) == digits
}
