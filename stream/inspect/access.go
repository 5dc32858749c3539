package inspect

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// allowed reports whether r may see the inspector.
func (in *Inspector) allowed(r *http.Request) bool {
	if in.Allow != nil {
		return in.Allow(r)
	}
	return isLocal(r)
}

// isLocal reports whether r comes from this machine and is meant for it. The
// peer's address alone does not say so: it is also that of a proxy on this
// machine, and that of a browser here whose page from elsewhere has had its name
// resolved to this machine (DNS rebinding). The first adds a header, the second
// keeps its name as the host.
func isLocal(r *http.Request) bool {
	return isLoopback(hostOf(r.RemoteAddr)) && isLocalHost(hostOf(r.Host)) && !isForwarded(r.Header)
}

// hostOf returns hostport without its port, if it has one, and the brackets of
// an IPv6 address.
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	if host, ok := strings.CutPrefix(hostport, "["); ok {
		host, _ = strings.CutSuffix(host, "]")
		return host
	}
	return hostport
}

func isLocalHost(host string) bool {
	return strings.EqualFold(host, "localhost") || isLoopback(host)
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// forwarding are the header fields, or what they begin with, by which proxies
// tell of themselves or of whom they speak for.
var forwarding = []string{
	"Forwarded", "Via", "X-Forward", "X-Real-", "X-Original-", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Proxyuser-Ip",
	"X-Envoy-", "X-Amzn-", "X-Appengine-", "True-Client-Ip", "Client-Ip", "Cf-", "Cdn-Loop", "Fastly-", "Fly-", "X-Nginx-", "X-Azure-",
}

// isForwarded reports whether there is such a field, empty or not.
func isForwarded(h http.Header) bool {
	for name := range h {
		name = http.CanonicalHeaderKey(name)
		for _, f := range forwarding {
			if strings.HasPrefix(name, f) {
				return true
			}
		}
	}
	return false
}
