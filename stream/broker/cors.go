package broker

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// CORS allows pages of other origins to subscribe, as defined by
// https://fetch.spec.whatwg.org/#http-cors-protocol. Beyond the headers that need
// no permission, their requests may have Authorization, Cache-Control,
// Content-Type and Last-Event-ID.
type CORS struct {
	// Origins are the allowed origins, each as a browser sends it, such as
	// "https://app.example" or "http://localhost:8080". "*" allows every origin:
	// use it for topics that anyone may read.
	Origins []string
	// Credentials allows requests with cookies. It cannot be combined with "*".
	Credentials bool
}

// allow reports whether the pages of an origin may subscribe.
func (c *CORS) allow(origin string) bool {
	return c != nil && origin != "" && (slices.Contains(c.Origins, origin) || c.any())
}

func (c *CORS) any() bool { return slices.Contains(c.Origins, "*") }

// mustBeGood panics with all faults of the configuration.
func (c *CORS) mustBeGood() {
	var faults []string
	if len(c.Origins) == 0 {
		faults = append(faults, "no origins")
	}
	if c.any() && c.Credentials {
		faults = append(faults, `"*" with Credentials`)
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

// goodOrigin reports whether an origin is written as browsers send it. Every
// sandboxed frame has the origin "null", so a program cannot mean it to be
// allowed.
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

// mayCross reports whether the request may be served, as far as its origin
// matters. It answers preflight requests and requests that it refuses.
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

// announce sets the headers that let the page read the answer.
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
// user or from a client that is not a browser. Browsers send Sec-Fetch-Site only
// to trustworthy origins. To other servers, a page of another origin sends an
// Origin. The scheme is not compared, since a proxy may have changed it.
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
