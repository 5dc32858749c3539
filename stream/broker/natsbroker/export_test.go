package natsbroker

import "context"

// DeleteStream frees what a test has taken of its server.
func (s *Store) DeleteStream() {
	_ = s.js.DeleteStream(context.Background(), s.o.Stream)
}
