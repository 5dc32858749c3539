package broker

import "errors"

// Errors of publishing and subscribing.
var (
	// ErrTopic means that the name of a topic is invalid. A name has 1 to 128
	// printable ASCII characters other than space, "*" and ">", and does not begin
	// with "rivulet.", as the topics of the broker itself do.
	ErrTopic = errors.New("broker: invalid topic name")
	// ErrEvent means that an event has an ID or a reserved name, or is only a
	// comment. The broker gives each event its ID. The names "gap" and "end" are
	// reserved for the broker, "open" and "error" for EventSource.
	ErrEvent = errors.New("broker: event with an id or a reserved name")
	// ErrTooLarge means that one event exceeds Retention.Bytes.
	ErrTooLarge = errors.New("broker: event too large")
	// ErrEnded means that the topic has ended: see Topic.End.
	ErrEnded = errors.New("broker: topic has ended")
	// ErrTopics means that the broker already has Limits.Topics topics.
	ErrTopics = errors.New("broker: too many topics")
	// ErrRuns means that the broker already has Limits.Runs runs.
	ErrRuns = errors.New("broker: too many runs")
	// ErrUnavailable means that a Store has not answered in time. The event may
	// have been published nevertheless.
	ErrUnavailable = errors.New("broker: store unavailable")
	// ErrClosed means that Shutdown has been called, or that the Store has been
	// closed.
	ErrClosed = errors.New("broker: broker is shut down")
)

// Errors of Topic.Subscribe. A client receives an event "gap" in place of ErrGap,
// and its stream ends in place of ErrSlow.
var (
	// ErrGap means that events may be missing between the position asked for and
	// the next event.
	ErrGap = errors.New("broker: events missing before the next one")
	// ErrSlow means that the subscriber was further behind than Broker.Queue
	// allows and that Broker.Slow is Disconnect.
	ErrSlow = errors.New("broker: subscriber too slow")
)

// ErrStop is returned by an Authorize function when the client has no more events
// to expect. The request is answered with the status 204, at which EventSource
// stops without an error of its own.
var ErrStop = errors.New("broker: no more events")

// Further reasons to refuse a client.
var (
	errForbidden   = errors.New("broker: forbidden") // Authorize has refused
	errSubscribers = errors.New("broker: too many subscribers")
	errPerSubject  = errors.New("broker: too many subscribers of one subject")
	errAskAgain    = errors.New("broker: clients disconnected during authorization")
)

// errRemoved means that a feed has been forgotten between its lookup and its use.
var errRemoved = errors.New("broker: feed removed")
