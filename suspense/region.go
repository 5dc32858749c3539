package suspense

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
)

// A Region names a part of a page that goes on changing after the page has
// been sent: [Live] puts it into the page, and what its other methods return is
// what is published to change it. Programs make one for each region and use it
// in both places; its fields must not be changed while it is in use, by any
// number of goroutines at once.
//
// Names become comments in the page, so that a region can stand wherever its
// content can, also between the rows of a table or the options of a select.
// A region is what stands between its markers, side by side, not an element: put
// Live into the list, not the list into Live, if items are to be appended.
type Region struct {
	// Name tells the regions of a page apart: a letter, then letters, digits,
	// _ and -, at most 58 characters, and with the key of any item at most 63.
	// Components made with another one fail to render.
	Name string
	// URL is where the events come from: a path of the page's own origin, with
	// a query or without one. It is relative to the URL of the page, whatever a
	// base element says.
	URL string
	// Position returns the id of now: the events that come after it are those
	// that are published from now on. Its form is that of package broker,
	// letters and digits, a dash and a decimal number that grows, for example
	// k3f9-12; events carry such ids, too. It is called by the goroutine of the
	// load, before the load. After an error the page asks for what comes after
	// 0-0, of which the answer must be an event named gap.
	Position func(context.Context) (id string, err error)
	// Script says how the page gets the script live, which listens to the
	// events. Zero means inline. For an external one, package assets has a
	// handler and the name. It is written once for each page, with the first
	// region of it.
	Script stream.Script
}

var (
	goodName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	goodKey  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	goodID   = regexp.MustCompile(`^([A-Za-z0-9]+-)([0-9]+)$`)
)

// maxName is the length of the longest name: that of an item, with the dot
// before its key, or that of a marker of the region.
const maxName = 64

// check says what is wrong with the name.
func (r Region) check() error {
	if !goodName.MatchString(r.Name) || len(r.Name)+len(".start") > maxName {
		return fmt.Errorf("suspense: region with the bad name %q", r.Name)
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
		return "", fmt.Errorf("suspense: item of region %q with the bad key %q", r.Name, key)
	}
	return name, nil
}

// source returns the URL of the events, up to where the id is added. It can
// stand in a processing instruction: it holds neither a space nor a >.
func (r Region) source() (string, error) {
	u, err := url.Parse(r.URL)
	bad := err != nil || u.Scheme != "" || u.Opaque != "" || u.User != nil || u.Host != "" || u.Path == "" ||
		strings.HasPrefix(r.URL, "//") || strings.Contains(r.URL, "#")
	if bad {
		return "", fmt.Errorf("suspense: region %q with the URL %q, which is not a path of its own origin", r.Name, r.URL)
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
