package clienttest_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/clienttest"
	"github.com/rivulet-go/rivulet/internal/e2e/lossy"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestNothingIsLostAndNothingComesTwice(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		t.Parallel() // much of its time is spent until a client comes back
		b := broker.Broker{Stream: sse.Options{Retry: time.Millisecond}}
		topic := b.Topic("prices")
		o := clienttest.Options{Names: lossy.Names, Stay: true}
		if l.post {
			o.Method, o.Body = "POST", "question"
		}
		cuts := lossy.Cuts{Times: 200}
		if l.early {
			cuts.Spare = afterID
		}
		trial := lossy.Start(t, topic, serve(t, topic.Handler()), cuts)
		o.URL = trial.URL
		c := clienttest.Run(t, l.script, o)
		c.WaitEvent(lossy.End)
		trial.Judge(t, c.Events())
	})
}

// afterID reports whether an id has just been sent, but not the blank line that
// ends its event.
func afterID(sent []byte) bool {
	line, ok := bytes.CutSuffix(sent, []byte("\n"))
	return ok && bytes.HasPrefix(line[bytes.LastIndexByte(line, '\n')+1:], []byte("id: "))
}
