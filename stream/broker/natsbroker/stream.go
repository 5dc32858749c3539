package natsbroker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// spare is the number of events that NATS keeps of a topic beyond Retain.Count.
// As many events may be on their way to a process before it must suspect that it
// has missed one.
const spare = 64

// deduplicated is how long NATS recognizes a repeated event.
const deduplicated = 2 * time.Minute

// raisedAt is the key of a number in the stream's metadata: the last number
// before the limit of each topic was raised, or deleting was denied. Events
// before that number may be missing although the limits allow them.
const raisedAt = "rivulet_raised_at"

var errStreamDiffers = errors.New("the stream does not belong to a broker")

// config returns the configuration of the stream.
func (s *Store) config() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              s.o.Stream,
		Description:       "events of Rivulet's broker",
		Subjects:          []string{s.o.Subjects + ".*"},
		MaxMsgsPerSubject: int64(s.o.Retain.Count) + spare,
		MaxAge:            max(s.o.Retain.Age, 0),
		MaxBytes:          s.o.Bytes,
		MaxMsgs:           -1,
		MaxConsumers:      -1,
		MaxMsgSize:        -1,
		Discard:           jetstream.DiscardOld,
		Storage:           s.storage(),
		Replicas:          s.o.Replicas,
		Duplicates:        s.duplicates(),
		// Subscribers would not be told of events that are removed by hand.
		DenyDelete: true,
		DenyPurge:  true,
	}
}

func (s *Store) storage() jetstream.StorageType {
	if s.o.Memory {
		return jetstream.MemoryStorage
	}
	return jetstream.FileStorage
}

// duplicates returns how long NATS recognizes a repeated event: no longer than it
// keeps the event.
func (s *Store) duplicates() time.Duration {
	if s.o.Retain.Age > 0 {
		return min(deduplicated, s.o.Retain.Age)
	}
	return deduplicated
}

// open returns the state of the stream. It creates the stream if there is none,
// and sets its limits if they differ.
func (s *Store) open(ctx context.Context) (*jetstream.StreamInfo, error) {
	want := s.config()
	stream, err := s.js.Stream(ctx, s.o.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if stream, err = s.js.CreateStream(ctx, want); errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			stream, err = s.js.Stream(ctx, s.o.Stream) // another process was first
		}
	}
	if err != nil {
		return nil, err
	}
	info := stream.CachedInfo()
	have := info.Config
	switch {
	case !slices.Equal(have.Subjects, want.Subjects):
		return nil, fmt.Errorf("%w: its subjects are %q, not %q", errStreamDiffers, have.Subjects, want.Subjects)
	case have.Retention != jetstream.LimitsPolicy || have.Discard != jetstream.DiscardOld:
		return nil, fmt.Errorf("%w: it must have the retention limits and discard old", errStreamDiffers)
	}
	if have.MaxMsgsPerSubject != want.MaxMsgsPerSubject || have.MaxAge != want.MaxAge || have.MaxBytes != want.MaxBytes ||
		have.Duplicates != want.Duplicates || !have.DenyDelete || !have.DenyPurge {
		changed := have
		changed.MaxMsgsPerSubject, changed.MaxAge, changed.MaxBytes = want.MaxMsgsPerSubject, want.MaxAge, want.MaxBytes
		changed.Duplicates, changed.DenyDelete, changed.DenyPurge = want.Duplicates, true, true
		if have.MaxMsgsPerSubject > 0 && have.MaxMsgsPerSubject < want.MaxMsgsPerSubject || !have.DenyDelete || !have.DenyPurge {
			changed.Metadata = maps.Clone(have.Metadata)
			if changed.Metadata == nil {
				changed.Metadata = map[string]string{}
			}
			changed.Metadata[raisedAt] = strconv.FormatUint(info.State.LastSeq, 10)
		}
		if stream, err = s.js.UpdateStream(ctx, changed); err != nil {
			return nil, err
		}
		info = stream.CachedInfo()
	}
	s.remember(stream)
	return info, nil
}

// info returns the state of the stream. A stream that is gone is created again.
// The new one has another life, so clients are told of a gap.
func (s *Store) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	stream, err := s.js.Stream(ctx, s.o.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return s.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	s.remember(stream)
	return stream.CachedInfo(), nil
}

func (s *Store) remember(stream jetstream.Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream, s.life = stream, lifeOf(stream.CachedInfo())
}

// lifeOf returns the life of a stream: a name that changes when the stream is
// created again, and is the same on all servers.
func lifeOf(info *jetstream.StreamInfo) string {
	return info.Config.Name + " " + strconv.FormatInt(info.Created.UnixNano(), 10)
}

// first returns the number before which events may have been dropped: by age, by
// bytes, or while the limits were lower.
func first(info *jetstream.StreamInfo) uint64 {
	raised, _ := strconv.ParseUint(info.Config.Metadata[raisedAt], 10, 64)
	return max(info.State.FirstSeq, raised+1)
}

// subject returns the subject of a topic. The name of the topic is one token of
// it.
func (s *Store) subject(topic string) string {
	return s.o.Subjects + "." + token.Replace(topic)
}

// token escapes the characters that separate tokens. Names of topics contain
// neither wildcards nor spaces.
var token = strings.NewReplacer("%", "%25", ".", "%2E")
