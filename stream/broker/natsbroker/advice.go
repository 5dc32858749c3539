package natsbroker

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Error codes of JetStream for a stream that does not fit on a server.
const (
	accountResources = 10002 // JSAccountResourcesExceededErr
	noResources      = 10023 // JSInsufficientResourcesErr
	memoryResources  = 10028 // JSMemoryResourcesExceededErr
	storageResources = 10047 // JSStorageResourcesExceededErr
	notForAccount    = 10039 // JSNotEnabledForAccountErr
	notEnabled       = 10076 // JSNotEnabledErr
)

// advised adds to an error of Open what to change, if that is known.
func (o Options) advised(err error) error {
	var api *jetstream.APIError
	code := jetstream.ErrorCode(0)
	if errors.As(err, &api) {
		code = api.ErrorCode
	}
	switch {
	case code == memoryResources, code == storageResources, code == accountResources, code == noResources:
		limit := "max_file_store"
		if o.Memory {
			limit = "max_memory_store"
		}
		return fmt.Errorf("JetStream cannot reserve Options.Bytes = %d bytes on %d server(s), lower it or raise %s of NATS: %w",
			o.Bytes, o.Replicas, limit, err)
	case code == notForAccount:
		return fmt.Errorf("JetStream is off for this account of NATS: %w", err)
	case code == notEnabled, errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return fmt.Errorf("JetStream is off, start NATS with -js or a block jetstream: %w", err)
	}
	return err
}
