package inspect

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// URL returns the address that opens the inspector in a browser, for a program to
// print: base, the address of the inspector, with the token in its query. A
// browser that opens the address receives a cookie and is redirected to base.
// Requests with ?format=json may send the token in place of the cookie. If Allow
// is set, URL returns base.
func (in *Inspector) URL(base string) string {
	if in.Allow != nil {
		return base
	}
	separator := "?"
	if strings.Contains(base, "?") {
		separator = "&"
	}
	return base + separator + "token=" + url.QueryEscape(in.token())
}

// minToken is the minimum length of a token, in bytes. A shorter one could be
// guessed.
const minToken = 16

func (in *Inspector) token() string {
	if len(in.Token) >= minToken {
		return in.Token
	}
	in.randomly.Do(func() { in.random = rand.Text() })
	return in.random
}

// admit reports whether r may see the inspector. If not, admit has answered r.
//
// The origin of a request does not matter. The peer may be a proxy, a proxy may
// not identify itself, and any name may resolve to this machine.
func (in *Inspector) admit(w http.ResponseWriter, r *http.Request) bool {
	if in.Allow != nil {
		allowed := in.Allow(r)
		if !allowed {
			http.Error(w, "Inspector.Allow has refused this request.", http.StatusForbidden)
		}
		return allowed
	}
	query := r.URL.Query()
	if query.Has("token") {
		if !same(query.Get("token"), in.token()) {
			in.refuse(w)
			return false
		}
		if query.Has("events") || query.Get("format") == "json" {
			return true
		}
		in.open(w, r, query)
		return false
	}
	for _, c := range r.CookiesNamed(cookieName(r)) {
		if same(c.Value, in.cookie()) {
			return true
		}
	}
	in.refuse(w)
	return false
}

// refuse tells the client and the log how to open the inspector. The log line
// contains nothing of the request: a stranger may have chosen its host, and the
// developer would send the token there.
func (in *Inspector) refuse(w http.ResponseWriter) {
	in.logged.Do(func() {
		logger := in.Logger
		if logger == nil {
			logger = slog.Default()
		}
		if in.Token != "" && len(in.Token) < minToken {
			logger.Warn("inspect: token too short, using a random one", "bytes", len(in.Token), "least", minToken)
		}
		logger.Info("inspect: to open the inspector, add this query to its address", "query", in.URL(""))
	})
	http.Error(w, "Open the inspector with its token: add the query ?token=... to the address. The token is in the program's log.", http.StatusForbidden)
}

// open sets the cookie of a browser that has sent the token, and redirects it to
// the same address without the token.
//
// The target is relative and the cookie has no Path, so both refer to the address
// that the browser has requested. A proxy may have removed a prefix from the path
// of r.
func (in *Inspector) open(w http.ResponseWriter, r *http.Request, query url.Values) {
	http.SetCookie(w, &http.Cookie{
		Name:     cookieName(r),
		Value:    in.cookie(),
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
		Secure:   r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	})
	query.Del("token")
	target := "?" + query.Encode()
	if r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	// Browsers do not send the cookie when they follow a redirect that began with a
	// link on another site. The page's own refresh is a request of this site.
	w.Header().Set("Refresh", "0; url="+target)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("The inspector opens.\n")) // fails if the client has left
}

// cookie returns the value of the cookie, which does not reveal the token.
func (in *Inspector) cookie() string {
	mac := hmac.New(sha256.New, []byte(in.token()))
	mac.Write([]byte("rivulet inspector"))
	return hex.EncodeToString(mac.Sum(nil))
}

// cookieName returns a name that belongs to this address. Cookies do not
// distinguish ports, and their folder may hold more than the inspector. The name
// is the same after a restart, so that a new cookie replaces the last one.
func cookieName(r *http.Request) string {
	sum := sha256.Sum256([]byte(r.Host + "\x00" + r.URL.Path))
	return "rivulet-inspect-" + hex.EncodeToString(sum[:8])
}

// same compares in a time that reveals nothing of want.
func same(got, want string) bool {
	g, w := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}
