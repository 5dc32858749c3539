package broker

// A Policy says what happens to a subscriber that is too far behind.
type Policy int

const (
	// Disconnect ends the stream. A client comes back by itself and goes on
	// after its last event, or is told of a gap.
	Disconnect Policy = iota
	// DropOldest leaves out what the subscriber is late with and tells nobody.
	// It is for values of which only the latest counts, each whole in itself.
	DropOldest
)
