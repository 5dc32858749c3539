package stream

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// modeVary names the headers that a Mode function has looked at, as values of Vary.
// It belongs to the goroutine that calls the function.
type modeVary struct {
	byDefault string // by DefaultMode, in the call that has looked at most
	further   string // by other functions of this package
}

// modeVaryKey is the key of the *modeVary in the context of the request that a Mode
// function is called with.
type modeVaryKey struct{}

// modeVaryOf returns the modeVary to which r belongs, or nil if no response asks.
func modeVaryOf(r *http.Request) *modeVary {
	v, _ := r.Context().Value(modeVaryKey{}).(*modeVary)
	return v
}

// A modeContext is the context of the request that a Mode function is called with.
type modeContext struct {
	context.Context
	vary modeVary
}

func (c *modeContext) Value(key any) any {
	if key == (modeVaryKey{}) {
		return &c.vary
	}
	return c.Context.Value(key)
}

// askMode calls the Renderer's Mode function and records in p.vary what it has looked
// at. It returns the part of p.vary that comes from DefaultMode.
func (p *response) askMode() (byDefault string) {
	c := &modeContext{Context: p.r.Context()}
	r := p.r.WithContext(c)
	p.mode = p.rd.Mode(r)
	if r.Form != nil || r.MultipartForm != nil {
		p.takeForms(r) // else they would be lost, since the body was read
	}
	p.vary = joinVary(c.vary.byDefault, c.vary.further)
	return c.vary.byDefault
}

// joinVary returns a value of Vary that names what is named in vary and in more.
func joinVary(vary, more string) string {
	if vary == "" || more == "" {
		return vary + more
	}
	return vary + ", " + more
}

// setVary adds a value of Vary to h, unless it is there: an ErrorHandler that calls
// Render sends the answer to a page that was decided.
func setVary(h http.Header, value string) {
	if value != "" && !slices.Contains(h["Vary"], value) {
		h.Add("Vary", value)
	}
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

// dependsOn records for Vary that the page depends on the header name.
func (p *response) dependsOn(name string) { p.vary = addVary(p.vary, name) }

// varyByKeys records for Vary that a request for a key gets another answer. While the
// page is being rendered, as at a templ.Flush, it may still meet its first key.
func (p *response) varyByKeys() {
	if p.rendering || p.hasKeys() {
		p.dependsOn("Rivulet")
	}
}
