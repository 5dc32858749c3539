package inspect

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
)

// A decision is an error that has decided the status of a page, or has come too
// late for that.
type decision struct {
	Boundary string `json:"boundary"` // id; "" for the page itself
	Name     string `json:"name"`
	At       moment `json:"at"`
	Code     int    `json:"code"`
	Location string `json:"location,omitempty"` // target of a redirect
	Late     bool   `json:"late"`               // after the first byte
	Error    string `json:"error,omitempty"`    // the cause
}

// decide records d. The first one of a response decides, and the later ones are
// kept as long as there is room.
func (rec *record) decide(d stream.Decision) {
	cause := ""
	if d.Err.Err != nil {
		cause = errorText(d.Err.Err)
	}
	rec.mu.Lock()
	defer rec.changed()
	if rec.decided++; rec.decided > maxDecisions {
		return
	}
	if !d.Late || d.Err.Location != "" { // otherwise it has failed and shows an error view
		rec.boundary(d.Boundary).decided = true
	}
	rec.decisions = append(rec.decisions, decision{
		Boundary: d.Boundary.ID, Name: cut(d.Boundary.Name, maxName), At: rec.now(),
		Code: d.Err.Code, Location: cut(d.Err.Location, maxPath), Late: d.Late, Error: cause,
	})
}

// by names the part of the page that has decided.
func (d decision) by() string {
	if name := strings.TrimSpace(d.Boundary + " " + d.Name); name != "" {
		return "Boundary " + name
	}
	return "The page"
}

// status is the code with its text.
func (d decision) status() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", d.Code, http.StatusText(d.Code)))
}

// effect says what a decision has changed.
func (d decision) effect() string {
	switch {
	case !d.Late:
		return "Before the first byte, so it is the status of the answer."
	case d.Location != "":
		return "After the first byte: the page had begun with another status, and ended with an element that makes the browser navigate."
	}
	return "After the first byte: the page had begun with another status. The boundary shows its error view, and search engines are asked not to index the page."
}

// decidedOf is the decision of a response in the list.
func decidedOf(s summary) string {
	switch {
	case s.Decided == nil:
		return ""
	case s.Decided.Late:
		return fmt.Sprintf("%d too late", s.Decided.Code)
	}
	return "decided by " + cmp.Or(s.Decided.Name, s.Decided.Boundary, "the page")
}

// leadsTo reports whether a link to the target of a redirect leads where the
// redirect did: other relative targets depend on the address of the response. A
// target that is neither a path nor an HTTP URL is no link.
func leadsTo(target string) bool {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return false
	case u.Scheme == "" && u.Host == "":
		return strings.HasPrefix(target, "/")
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
