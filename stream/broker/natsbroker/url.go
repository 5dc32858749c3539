package natsbroker

import (
	"fmt"
	"net/url"
	"strings"
)

// checkURL returns an error for a URL that package nats would quote in an error,
// with the password in it. The returned error quotes nothing of the URL. An "@"
// after the host means that the password contains an unescaped "/", "?" or "#".
func checkURL(urls string) error {
	list := strings.Split(urls, ",")
	for i, s := range list {
		s = strings.TrimSpace(s)
		if !strings.Contains(s, "://") {
			s = "nats://" + s
		}
		u, err := url.Parse(s)
		if err != nil || strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") {
			return fmt.Errorf("natsbroker: Options.URL: address %d of %d is not a URL; characters of a password other than letters and digits must be percent-encoded", i+1, len(list))
		}
	}
	return nil
}

// hosts returns the hosts of the URLs, without users and passwords.
func hosts(o Options) string {
	if o.Server != nil {
		return "this process"
	}
	var list []string
	for s := range strings.SplitSeq(o.URL, ",") {
		if _, after, ok := strings.Cut(s, "://"); ok {
			s = after
		}
		if u, err := url.Parse("nats://" + strings.TrimSpace(s)); err == nil {
			list = append(list, u.Host)
		}
	}
	return strings.Join(list, ", ")
}
