package broker

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"sync/atomic"
)

// An idSource is where ids come from. An id is an epoch and a number: the epoch
// tells the lives of a broker and its topics apart, so that an id is known only
// where it comes from; the number is counted by one counter of the broker.
type idSource struct {
	secret [16]byte
	last   atomic.Uint64 // number given
}

func (s *idSource) init() {
	_, _ = rand.Read(s.secret[:]) // never fails
}

var epochEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// epoch returns the epoch of a topic. That of one topic says nothing about that
// of another.
func (s *idSource) epoch(topic string) string { return epoch(string(s.secret[:]), topic) }

// epoch returns the epoch of a topic in one life. No name has a NUL.
func epoch(life, topic string) string {
	sum := sha256.Sum256([]byte(life + "\x00" + topic))
	return epochEncoding.EncodeToString(sum[:5])
}

// makeID returns an id that needs no escaping in a URL and, in the header of a
// request to another origin, no preflight.
func makeID(epoch string, number uint64) string {
	return epoch + "-" + strconv.FormatUint(number, 10)
}

// parseID returns the number of an id that makeID made for the epoch.
func parseID(id, epoch string) (number uint64, ok bool) {
	digits, ok := strings.CutPrefix(id, epoch+"-")
	if !ok || len(digits) > 20 {
		return 0, false
	}
	number, err := strconv.ParseUint(digits, 10, 64)
	return number, err == nil && strconv.FormatUint(number, 10) == digits
}
