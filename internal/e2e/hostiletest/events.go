package hostiletest

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// events are attacks on streams of events.
var events = []Attack{
	{"events: bad Last-Event-ID", badLastEventID},
	{"events: opened and left", openedAndLeft},
	{"events: slow subscriber", slowSubscriber},
}

var eventIDs = []string{
	"", "0-0", "-", "a-", "-1", "a-18446744073709551616", "a-99999999999999999999999", "0-0\x00", Mark, "a b", "a,b",
	"\xff", "é", strings.Repeat("1", 5000), "1e9", "../..", "a-1\tb", "0x1", "${7}", "*", ">", "a.b.>", "NaN",
}

func (v *Assault) stream() string {
	if len(v.Site.Streams) == 0 {
		return "/"
	}
	return v.Site.Streams[v.IntN(len(v.Site.Streams))]
}

// badLastEventID asks for the events after an event that was never sent.
func badLastEventID(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	id := eventIDs[v.IntN(len(eventIDs))]
	t := Target{Method: http.MethodGet, URI: v.stream()}
	head := "Accept: text/event-stream\r\n"
	if v.IntN(2) == 0 {
		head += "Last-Event-ID: " + id + "\r\n"
	} else {
		sep := map[bool]string{true: "&", false: "?"}[strings.Contains(t.URI, "?")]
		t.URI += sep + [...]string{"lastEventId", "last_event_id"}[v.IntN(2)] + "=" + url.QueryEscape(id)
	}
	_, _ = io.WriteString(c, v.Request(t, head+v.headers()))
	_ = c.SetReadDeadline(time.Now().Add(v.Upto(400 * time.Millisecond)))
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method))
}

// openedAndLeft opens several streams at once and leaves them in several ways.
func openedAndLeft(v *Assault) {
	for range 1 + v.IntN(8) {
		c := v.Dial()
		if c == nil {
			return
		}
		_, _ = io.WriteString(c, v.Request(Target{Method: http.MethodGet, URI: v.stream()}, "Accept: text/event-stream\r\n"))
		defer func() {
			if v.IntN(2) == 0 {
				Reset(c)
			} else {
				_ = c.Close()
			}
		}()
	}
	v.Pause(v.Upto(300 * time.Millisecond))
}

// slowSubscriber reads less than there is.
func slowSubscriber(v *Assault) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer Reset(c)
	_ = c.SetReadBuffer(1 << 10)
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", v.stream())
	b := make([]byte, 16)
	for end := time.Now().Add(v.Upto(2 * time.Second)); time.Now().Before(end); {
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, _ = c.Read(b)
		v.Pause(v.Upto(50 * time.Millisecond))
	}
}
