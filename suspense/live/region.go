package live

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
)

// A Region is a part of a page that goes on changing after the page has been
// sent. [Await] puts it into the page; its methods make the components that are
// published to change it. A program makes one value for each region and uses it
// in both places, from any number of goroutines. Its fields must not be changed
// while it is in use.
//
// A region is not an element: it is what stands between two markers, side by
// side. So it can stand wherever its content can, also between the rows of a
// table or the options of a select. To append items to a list, put Await into the
// list, not the list into Await.
type Region struct {
	// Name identifies the region in its page: a letter, then letters, digits, _
	// and -, at most 58 characters. Name, a dot and the key of an item have at
	// most 64. Components of a region with another name fail to render.
	Name string
	// URL is where the events come from: a path of the page's own origin, with
	// or without a query. It is relative to the URL of the page, whatever a base
	// element says.
	URL string
	// Position returns the present position in the events, such as k3f9-12. The
	// page asks for the events that are published after it. A position is letters
	// and digits, a dash and a decimal number that grows; the ids of events have
	// the same form. The method Position of a topic of package broker fits.
	//
	// Position is called in the goroutine of the load, before the load. If it
	// fails, the page asks for what comes after 0-0. The answer to that must be
	// an event named gap.
	Position func(context.Context) (id string, err error)
	// Script says how the page gets the script live, which receives the events.
	// Zero writes it into the page. For a file, package assets has a handler and
	// the name. A page gets the script once, with its first region.
	Script stream.Script
	// Logger receives warnings: a Position that failed, and a region in the
	// answer to a request that is not a GET, once for each name. Nil means
	// slog.Default at the time of the line.
	Logger *slog.Logger
}

var (
	goodName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	goodKey  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	goodID   = regexp.MustCompile(`^([A-Za-z0-9]+-)([0-9]+)$`)
)

// maxName is the length of the longest name: of an item, which includes the dot
// before its key, or of a marker of the region.
const maxName = 64

// check says what is wrong with the name.
func (r Region) check() error {
	if !goodName.MatchString(r.Name) || len(r.Name)+len(".start") > maxName {
		return fmt.Errorf("live: region with the bad name %q", r.Name)
	}
	return nil
}

// itemName returns the name of an item.
func (r Region) itemName(key string) (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	name := r.Name + "." + key
	reserved := key == "start" || key == "end" || key == "live"
	if reserved || !goodKey.MatchString(key) || len(name) > maxName {
		return "", fmt.Errorf("live: item of region %q with the bad key %q", r.Name, key)
	}
	return name, nil
}

// source returns the URL of the events, up to where the id is added. It can
// stand in a processing instruction: it holds neither a space nor a >.
func (r Region) source() (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	u, err := url.Parse(r.URL)
	bad := err != nil || u.Scheme != "" || u.Opaque != "" || u.User != nil || u.Host != "" || u.Path == "" ||
		strings.HasPrefix(r.URL, "//") || strings.Contains(r.URL, "#")
	if bad {
		return "", fmt.Errorf("live: region %q with the URL %q, which is not a path of its own origin", r.Name, r.URL)
	}
	var b strings.Builder
	for _, c := range []byte(r.URL) {
		// Browsers take a backslash for a slash.
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\`{|}'", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if u.RawQuery != "" || u.ForceQuery {
		b.WriteByte('&')
	} else {
		b.WriteByte('?')
	}
	b.WriteString("lastEventId=")
	return b.String(), nil
}
