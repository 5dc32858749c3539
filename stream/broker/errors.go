package broker

import "errors"

// What keeps something from being published or subscribed to.
var (
	// ErrTopic means that the name of a topic is not 1 to 128 printable ASCII
	// characters other than space, "*" and ">".
	ErrTopic = errors.New("broker: bad name of a topic")
	// ErrEvent means that an event has an ID, which the broker gives, or one
	// of the names "gap", which belongs to the broker, and "open" and "error",
	// which belong to EventSource.
	ErrEvent = errors.New("broker: an event with an id or a reserved name")
	// ErrTooLarge means that an event alone is larger than Retention.Bytes.
	ErrTooLarge = errors.New("broker: an event larger than what a topic retains")
	// ErrTopics means that Limits.Topics is reached.
	ErrTopics = errors.New("broker: too many topics")
	// ErrUnavailable means that a Store has not answered in time. An event may
	// have been published all the same.
	ErrUnavailable = errors.New("broker: the store does not answer")
	// ErrClosed means that Shutdown has been called, or that the Store has been
	// closed.
	ErrClosed = errors.New("broker: the broker has been shut down")
)

// What a subscriber in the same process is told. Clients are told by an event
// "gap", or by the end of their stream.
var (
	// ErrGap means that events are missing between the position asked for and
	// the next event, or may be.
	ErrGap = errors.New("broker: a gap before the next event")
	// ErrSlow means that the subscriber was further behind than Broker.Queue
	// allows and that Broker.Slow is Disconnect.
	ErrSlow = errors.New("broker: the subscriber is too slow")
)

// ErrStop is for Authorize: there is nothing to come for this client. The answer
// has the status 204, with which EventSource stops without an error of its own.
var ErrStop = errors.New("broker: nothing is to come")

// Why a client is not admitted, besides the errors above.
var (
	errForbidden   = errors.New("broker: forbidden") // by Authorize
	errSubscribers = errors.New("broker: too many subscribers")
	errPerSubject  = errors.New("broker: too many subscribers of one subject")
	errAskAgain    = errors.New("broker: clients were disconnected in the meantime")
)

// errRemoved means that a feed has been forgotten since it was looked up.
var errRemoved = errors.New("broker: the feed is removed")
