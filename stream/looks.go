package stream

import (
	"context"
	"net/http"
	"strings"
)

// looks are the headers that a Mode function has looked at, as values of Vary. They
// belong to the goroutine that calls the function.
type looks struct {
	byDefault string // the most that DefaultMode has looked at
	further   string
}

// looksKey is the key of the *looks in the context of the request that a Mode
// function is called with.
type looksKey struct{}

// looksOf returns the looks to which r belongs, or nil if no response asks.
func looksOf(r *http.Request) *looks {
	l, _ := r.Context().Value(looksKey{}).(*looks)
	return l
}

// A modeContext is the context of the request that a Mode function is called with.
type modeContext struct {
	context.Context
	looks looks
}

func (c *modeContext) Value(key any) any {
	if key == (looksKey{}) {
		return &c.looks
	}
	return c.Context.Value(key)
}

// askMode asks the Renderer's Mode function and notes what it has looked at in
// p.vary. It returns the part of that which comes from DefaultMode.
func (p *response) askMode() (byDefault string) {
	c := &modeContext{Context: p.r.Context()}
	r := p.r.WithContext(c)
	p.mode = p.rd.Mode(r)
	if r.Form != nil || r.MultipartForm != nil {
		p.takeForms(r) // else they would be lost, since the body was read
	}
	p.vary = joinVary(c.looks.byDefault, c.looks.further)
	return c.looks.byDefault
}

// joinVary returns a value of Vary that names what is named in vary and in more.
func joinVary(vary, more string) string {
	if vary == "" || more == "" {
		return vary + more
	}
	return vary + ", " + more
}

// addVary returns vary with the header name added, unless it is there.
func addVary(vary, name string) string {
	for named := range strings.SplitSeq(vary, ", ") {
		if named == name {
			return vary
		}
	}
	return joinVary(vary, name)
}
