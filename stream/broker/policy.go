package broker

// A Policy decides what happens to a subscriber that is too far behind.
type Policy int

const (
	// Disconnect ends the stream. The client reconnects by itself and continues
	// after its last event, or is told of a gap.
	Disconnect Policy = iota
	// DropOldest skips the events that the subscriber is late with, and does not
	// tell it. It is for events that each replace all earlier ones.
	DropOldest
)
