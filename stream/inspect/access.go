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

// URL returns the address that opens the inspector in a browser, for a program
// to print: base, at which it is mounted, with the token in the query. Who opens
// it gets a cookie and is sent on to base. Requests for ?format=json need no
// cookie beside the token. Where Allow decides, URL returns base.
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

// minToken is how long a token is at least, in bytes: a shorter one is guessed.
const minToken = 16

func (in *Inspector) token() string {
	if len(in.Token) >= minToken {
		return in.Token
	}
	in.randomly.Do(func() { in.random = rand.Text() })
	return in.random
}

// admit reports whether r may see the inspector. Otherwise it has answered r.
//
// Nothing that a request says of where it comes from decides: the address of a
// peer may be that of a proxy, a proxy need not tell of itself, and a host may be
// a name of anybody's that resolves to this machine.
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

// refuse says how to get in. Nothing of the request is logged beside the token:
// an address whose host a stranger has chosen would be an invitation to send him
// the token.
func (in *Inspector) refuse(w http.ResponseWriter) {
	in.logged.Do(func() {
		logger := in.Logger
		if logger == nil {
			logger = slog.Default()
		}
		if in.Token != "" && len(in.Token) < minToken {
			logger.Warn("inspect: token too short, a random one takes its place", "bytes", len(in.Token), "least", minToken)
		}
		logger.Info("inspect: open the inspector by adding this query to its address", "query", in.URL(""))
	})
	http.Error(w, "The inspector is opened by the address that holds its token: the program's log has the query to add, ?token=...", http.StatusForbidden)
}

// open gives the cookie to a browser that has the token, and sends it on to the
// same address without the token.
//
// The target is relative, and the cookie has no Path, so that the browser takes
// the folder of the address it has asked for: a proxy may have cut a prefix off
// the path that is seen here.
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
	// A redirect of a link on another site is that site's request, without the
	// cookie. What this page goes on to is its own.
	w.Header().Set("Refresh", "0; url="+target)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("The inspector opens.\n")) // to a client that may have left
}

// cookie returns the value of the cookie, which does not tell the token.
func (in *Inspector) cookie() string {
	mac := hmac.New(sha256.New, []byte(in.token()))
	mac.Write([]byte("rivulet inspector"))
	return hex.EncodeToString(mac.Sum(nil))
}

// cookieName returns a name of the address's own. Cookies do not tell ports
// apart, and their folder holds more than the inspector. It is the same for each
// start of the program, so that a new cookie takes the place of the last one.
func cookieName(r *http.Request) string {
	sum := sha256.Sum256([]byte(r.Host + "\x00" + r.URL.Path))
	return "rivulet-inspect-" + hex.EncodeToString(sum[:8])
}

// same compares in a time that tells nothing of want.
func same(got, want string) bool {
	g, w := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}
