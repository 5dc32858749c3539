package broker

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// CORS lets pages of other origins subscribe, see
// https://fetch.spec.whatwg.org/#http-cors-protocol. Besides what needs no leave
// they may send the headers Authorization, Cache-Control, Content-Type and
// Last-Event-ID.
type CORS struct {
	// Origins are those that may, each as a browser sends it, such as
	// "https://app.example" or "http://localhost:8080". "*" means any, and is
	// for what anyone may read.
	Origins []string
	// Credentials lets them send cookies. It cannot go with "*".
	Credentials bool
}

// allow reports whether the pages of an origin may subscribe.
func (c *CORS) allow(origin string) bool {
	return c != nil && origin != "" && (slices.Contains(c.Origins, origin) || c.any())
}

func (c *CORS) any() bool { return slices.Contains(c.Origins, "*") }

// mustBeGood panics with all that is wrong.
func (c *CORS) mustBeGood() {
	var faults []string
	if len(c.Origins) == 0 {
		faults = append(faults, "it names no origin")
	}
	if c.any() && c.Credentials {
		faults = append(faults, `"*" goes with Credentials`)
	}
	for _, o := range c.Origins {
		if o != "*" && !goodOrigin(o) {
			faults = append(faults, "no browser sends the origin "+strings.ToValidUTF8(o, "?"))
		}
	}
	if len(faults) > 0 {
		panic("broker: CORS: " + strings.Join(faults, "; "))
	}
}

// goodOrigin reports whether an origin is as browsers write it. The origin
// "null" is that of any sandboxed frame, so nobody can mean it.
func goodOrigin(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Hostname() == "" || strings.Contains(origin, "*") || origin != strings.ToLower(origin) {
		return false
	}
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		return false
	}
	return origin == u.Scheme+"://"+u.Host && !strings.HasSuffix(origin, ":")
}

// mayCross reports whether the page that asks may. If not, or if it only asks
// whether it may, it answers.
func (b *Broker) mayCross(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	origin := r.Header.Get("Origin")
	allowed := b.CORS.allow(origin)
	if b.CORS != nil {
		h.Add("Vary", "Origin")
	}
	if allowed {
		b.CORS.announce(h, origin)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", "Authorization, Cache-Control, Content-Type, Last-Event-ID")
			h.Set("Access-Control-Max-Age", "7200")
			w.WriteHeader(http.StatusNoContent)
			return false
		}
	}
	if allowed || fromHere(r, origin) {
		return true
	}
	b.refuse(w, http.StatusForbidden)
	return false
}

// announce tells the browser that the page may read the answer.
func (c *CORS) announce(h http.Header, origin string) {
	if c.any() && !slices.Contains(c.Origins, origin) {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
}

// fromHere reports whether a request comes from a page of this origin, from the
// user or from something that is no browser. Browsers send Sec-Fetch-Site to
// trustworthy origins only; to others a page of another origin sends an Origin.
// The scheme is not compared, since a proxy may have changed it.
func fromHere(r *http.Request, origin string) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	if origin == "" {
		return true
	}
	_, host, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(host, r.Host)
}
