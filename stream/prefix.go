package stream

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"
)

// An asker is the kind of client that has made a request.
type asker uint8

const (
	anyone    asker = iota // unknown, perhaps a script
	navigator              // a navigation or a tool: its response is a page of its own
	script                 // a script, or another part of a page, such as an image
)

// askerOf returns the asker of a request with the headers h. It also returns the
// headers that it has looked at, as a value of Vary.
func askerOf(h http.Header) (who asker, vary string) {
	dest := first(h["Sec-Fetch-Dest"])
	switch dest {
	case "document", "iframe", "frame", "embed":
		return navigator, varyDest
	}
	fetch := first(h["Sec-Fetch-Mode"])
	switch {
	case fetch == "navigate":
		return navigator, varyMode
	case first(h["Upgrade-Insecure-Requests"]) == "1":
		return navigator, varyUpgrade
	case dest != "" || fetch != "":
		return script, varyUpgrade
	case len(h["Accept"]) == 0:
		// Every fetch and every XMLHttpRequest sends Accept. Some content delivery
		// networks remove it, but they leave the fetch metadata.
		return navigator, varyAccept
	}
	return anyone, varyAccept
}

// choosePrefix chooses the prefix of the ids of a response out of order. Ids must
// be unique in the page in which they end up. A script may put a response into any
// page, including one that streams itself. who and looked are what askerOf returns.
// named is the part of p.vary that comes from defaultMode.
func (p *response) choosePrefix(who asker, looked, named string) {
	if !strings.HasPrefix(named, looked) {
		for name := range strings.SplitSeq(strings.TrimPrefix(looked, varyScript+", "), ", ") {
			if addVary(named, name) != named {
				p.idVary = joinVary(p.idVary, name)
			}
		}
	}
	if who == navigator {
		return
	}
	if asked := first(p.r.Header["Rivulet-Prefix"]); isPrefix(asked) {
		p.prefix = asked + "-"
	} else {
		p.lacksPrefix = true
	}
	if p.idVary != "" {
		p.idVary += ", "
	}
	p.idVary += "Rivulet-Prefix"
}

// idPrefix returns the prefix of all ids, with its "-", or "" for navigations. A
// random one is made when it is first needed, so that a page that is sent at once
// does not pay for it.
func (p *response) idPrefix() string {
	if p.lacksPrefix {
		digits := 4
		if p.mode == Multipart {
			digits = 12 // it stands between the parts, and must not stand in one
		}
		p.prefix, p.lacksPrefix = randomPrefix(digits)+"-", false
	}
	return p.prefix
}

// isPrefix reports whether a client may choose s as a prefix. It must match
// [A-Za-z][A-Za-z0-9_]{0,15}.
func isPrefix(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 16
}

// randomPrefix returns a letter and further letters or digits, at most twelve in all:
// a number in base 36 that begins with a digit from a to z.
func randomPrefix(digits int) string {
	var b [8]byte
	rand.Read(b[:])
	unit := uint64(1)
	for range digits - 1 {
		unit *= 36
	}
	return strconv.FormatUint(10*unit+binary.LittleEndian.Uint64(b[:])%(26*unit), 36)
}
