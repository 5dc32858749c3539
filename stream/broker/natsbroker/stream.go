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

// spare is how many events more NATS retains of a topic than its brokers do: as
// many may be on their way to a broker before it must suspect that it has missed
// one.
const spare = 64

// deduplicated is how long NATS knows an event that has been published twice.
const deduplicated = 2 * time.Minute

// raisedAt is the metadata of the stream that holds its last number when its
// limit for each topic was raised: before that, events may have been dropped
// although there is room for them.
const raisedAt = "rivulet_raised_at"

var errStreamDiffers = errors.New("the stream is not one of a broker")

// config returns what the stream is to be.
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
		// What is removed by hand would be missing without a gap.
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

// duplicates returns for how long an event can be known again: not longer than
// it is there.
func (s *Store) duplicates() time.Duration {
	if s.o.Retain.Age > 0 {
		return min(deduplicated, s.o.Retain.Age)
	}
	return deduplicated
}

// open returns the stream's state. It makes the stream if there is none, and
// sets its limits if they differ.
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
	s.setLife(lifeOf(info))
	return info, nil
}

// info returns the stream's state. A stream that is gone is made anew: that is
// another life, and clients are told of a gap.
func (s *Store) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	stream, err := s.js.Stream(ctx, s.o.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return s.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	info := stream.CachedInfo()
	s.setLife(lifeOf(info))
	return info, nil
}

func (s *Store) setLife(life string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = life
}

// lifeOf returns what tells the lives of a stream apart, on all nodes alike.
func lifeOf(info *jetstream.StreamInfo) string {
	return info.Config.Name + " " + strconv.FormatInt(info.Created.UnixNano(), 10)
}

// first returns the number before which events may have been dropped, by age,
// by bytes or when the limits were others.
func first(info *jetstream.StreamInfo) uint64 {
	raised, _ := strconv.ParseUint(info.Config.Metadata[raisedAt], 10, 64)
	return max(info.State.FirstSeq, raised+1)
}

// subject returns the subject of a topic: its name as one token.
func (s *Store) subject(topic string) string {
	return s.o.Subjects + "." + token.Replace(topic)
}

// token leaves nothing that would divide a token. Names of topics have no
// wildcards and no spaces.
var token = strings.NewReplacer("%", "%25", ".", "%2E")
