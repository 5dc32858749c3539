package natsbroker

import "context"

// DeleteStream frees what a test has taken of its server.
func (l *Log) DeleteStream() {
	_ = l.js.DeleteStream(context.Background(), l.o.Stream)
}
