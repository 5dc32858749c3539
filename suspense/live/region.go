package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
)

// A Region is a part of a page that keeps changing after the page has been sent.
// [Await] puts it into the page. Its methods return the components that a program
// publishes to change it. A program makes one value for each region and uses it
// for both, from any number of goroutines. The fields must not change after first
// use.
//
// A region is not an element. It is the content between two markers with the same
// parent. It can therefore stand wherever its content can, also between the rows
// of a table or the options of a select. To append items to a list, put Await
// into the list, not the list into Await.
type Region struct {
	// Name identifies the region in its page. It is a letter, then letters,
	// digits, _ and -, with at most 58 characters. Name, a dot and the key of an
	// item together have at most 64. With an invalid name, the components of the
	// region fail to render.
	Name string
	// URL is the address of the events: a path of the page's own origin, with or
	// without a query. It is relative to the URL of the page, whatever a base
	// element says.
	URL string
	// Position returns the current position in the events, such as k3f9-12. The
	// page asks for the events that are published after it. A position consists of
	// letters and digits, a dash, and a decimal number that grows. The IDs of
	// events have the same form. The method Position of a topic of package broker
	// fits.
	//
	// Position is called in the goroutine of the load, before the load. If it
	// fails, the page asks for the events after 0-0. The answer must be an event
	// named gap. If it returns ErrEnded, no event changes the content any more, and
	// the page asks for none.
	Position func(context.Context) (id string, err error)
	// Limit is the number of items that a page keeps, for lists that only grow. An
	// Append removes the first items beyond it. A Prepend, Before or After removes the
	// last ones. An item is removed even while the reader looks at it. The load of the
	// region should return at most Limit items, from the same end of the list. Zero or
	// less means no limit.
	Limit int
	// Script says how the page gets the script live, which receives the events.
	// The zero value writes the script into the page. To load it from a file,
	// package assets has the handler and the name. A page gets the script once,
	// with its first region.
	Script stream.Script
	// Logger receives warnings: about a Position that has failed, and about a
	// region in the answer to a request that is not a GET, once for each name. Nil
	// means slog.Default at the time of the line.
	Logger *slog.Logger
}

// ErrEnded is returned by a Region.Position if the events have ended, as those of a
// topic after Topic.End of package broker.
var ErrEnded = errors.New("live: events have ended")

var (
	goodName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	goodKey  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	goodPath = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(/[A-Za-z][A-Za-z0-9_-]*)*$`)
	goodID   = regexp.MustCompile(`^([A-Za-z0-9]+-)([0-9]+)$`)
)

// maxName limits the length of the name of an item, with its region, the dot and
// the key, and of a marker of the region.
const maxName = 64

// check returns an error if the name is invalid.
func (r Region) check() error {
	if !goodName.MatchString(r.Name) || len(r.Name)+len(".start") > maxName {
		return fmt.Errorf("live: invalid region name %q", r.Name)
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
		return "", fmt.Errorf("live: region %q: invalid key %q", r.Name, key)
	}
	return name, nil
}

// otherName returns the name of an item beside the one with a key.
func (r Region) otherName(key, other string) (string, error) {
	if key == other {
		return "", fmt.Errorf("live: region %q: item %q beside itself", r.Name, key)
	}
	return r.itemName(other)
}

// source returns the URL of the events, up to the place where the id is added. It
// contains neither a space nor a ">", so that it can stand in a processing
// instruction.
func (r Region) source() (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	u, err := url.Parse(r.URL)
	bad := err != nil || u.Scheme != "" || u.Opaque != "" || u.User != nil || u.Host != "" || u.Path == "" ||
		strings.HasPrefix(r.URL, "//") || strings.Contains(r.URL, "#")
	if bad {
		return "", fmt.Errorf("live: region %q: URL %q is not a path of the page's own origin", r.Name, r.URL)
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
