package clienttest_test

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/examples/clienttest"
	"github.com/rivulet-go/rivulet/examples/lossy"
)

// cuts is how often the connection of each client is cut.
const cuts = 200

func TestNothingIsLostAndNothingComesTwice(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		var feed lossy.Feed
		server := httptest.NewServer(feed.Handler())
		t.Cleanup(server.Close)
		o := clienttest.Options{Names: lossy.Names, Stay: true}
		if l.post {
			o.Method, o.Body = "POST", "question"
		}
		var spare func([]byte) bool
		if l.early {
			spare = afterID
		}
		trial := lossy.Start(t, server.Listener.Addr().String(), cuts, feed.Publish, spare)
		o.URL = trial.URL
		c := clienttest.Run(t, l.script, o)
		c.WaitEvent(lossy.End)
		trial.Judge(t, c.Events())
		t.Cleanup(server.CloseClientConnections)
	})
}

// afterID reports whether an id has just been sent, but not the blank line that
// ends its event.
func afterID(sent []byte) bool {
	line, ok := bytes.CutSuffix(sent, []byte("\n"))
	return ok && bytes.HasPrefix(line[bytes.LastIndexByte(line, '\n')+1:], []byte("id: "))
}
