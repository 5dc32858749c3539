package sse

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// CORS allows pages of other origins to use a handler, as defined by
// https://fetch.spec.whatwg.org/#http-cors-protocol. It serves the handlers of this
// package, a broker.Broker, an llm.Relay, and any other handler for GET and POST.
//
// The pages may send any header, such as Authorization or Last-Event-ID, and may
// read Retry-After and X-Should-Retry of an answer.
//
// A nil *CORS allows no other origin.
type CORS struct {
	// Origins are the allowed origins, each as a browser sends it, such as
	// "https://app.example" or "http://localhost:8080". "*" allows every origin:
	// use it for content that anyone may read.
	Origins []string
	// Credentials allows requests with cookies. It cannot be combined with "*".
	Credentials bool
}

// Handler returns a handler that passes on to h the requests of pages of this
// origin, of pages of allowed origins, and of clients that are no browsers. It
// answers preflight requests of allowed origins with the status 204, and requests
// of other origins with 403. Handler panics if a field of c is invalid, and names
// all faults.
func (c *CORS) Handler(h http.Handler) http.Handler {
	admit := c.Gate()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if admit(w, r) {
			h.ServeHTTP(w, r)
		}
	})
}

// Gate returns the check of Handler, for handlers that go on by themselves. The
// function sets the headers of the response, and reports whether the request may
// be served. If not, it has answered. Gate panics as Handler does.
func (c *CORS) Gate() func(http.ResponseWriter, *http.Request) bool {
	if c != nil {
		c.mustBeGood()
	}
	return c.admit
}

// allow reports whether the pages of an origin are allowed.
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
		panic("sse: CORS: " + strings.Join(faults, "; "))
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

// admit reports whether the request may be served, as far as its origin matters.
// It answers preflight requests and requests that it refuses.
func (c *CORS) admit(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	origin := r.Header.Get("Origin")
	allowed := c.allow(origin)
	if c != nil {
		h.Add("Vary", "Origin")
	}
	if allowed {
		c.announce(h, origin)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			preflight(h, r.Header.Get("Access-Control-Request-Headers"))
			w.WriteHeader(http.StatusNoContent)
			return false
		}
		h.Set("Access-Control-Expose-Headers", "Retry-After, X-Should-Retry")
	}
	if allowed || fromHere(r, origin) {
		return true
	}
	h.Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
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

// preflight sets the headers that let the page send its request with the headers
// that it names. The clients of language models send many of their own.
func preflight(h http.Header, headers string) {
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Max-Age", "7200")
	if headers != "" && len(headers) <= 4<<10 && strings.Trim(headers, headerNames) == "" {
		h.Add("Vary", "Access-Control-Request-Headers")
		h.Set("Access-Control-Allow-Headers", headers)
	}
}

// headerNames are the bytes of a list of names of headers.
const headerNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_., \t"

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
