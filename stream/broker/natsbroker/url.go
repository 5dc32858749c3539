package natsbroker

import (
	"fmt"
	"net/url"
	"strings"
)

// checkURL finds what package nats would put into the text of an error, with
// the password that is in it. What it returns has nothing of the URL. After the
// host there is no "@": before it a password has a "/", "?" or "#" as it is.
func checkURL(urls string) error {
	list := strings.Split(urls, ",")
	for i, s := range list {
		s = strings.TrimSpace(s)
		if !strings.Contains(s, "://") {
			s = "nats://" + s
		}
		u, err := url.Parse(s)
		if err != nil || strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") {
			return fmt.Errorf("natsbroker: Options.URL: number %d of %d is not a URL; in a password all but letters and digits are to be percent-encoded", i+1, len(list))
		}
	}
	return nil
}

// hosts returns where the servers are, without what else is in a URL.
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
