package natsbroker

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Error codes of JetStream that package jetstream does not name.
const (
	accountResources = 10002 // JSAccountResourcesExceededErr
	noResources      = 10023 // JSInsufficientResourcesErr
	memoryResources  = 10028 // JSMemoryResourcesExceededErr
	storageResources = 10047 // JSStorageResourcesExceededErr
	noCluster        = 10074 // JSStreamReplicasNotSupportedErr
	subjectOverlap   = 10065 // JSStreamSubjectOverlapErr
	accountBytes     = 10122 // JSStreamMaxStreamBytesExceeded
	accountStreams   = 10027 // JSMaximumStreamsLimitErr
)

// unconnected adds to an error of a connection what to change, if that is known.
func unconnected(err error) error {
	var op *net.OpError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked):
		return fmt.Errorf("NATS refuses the user, set nats.UserCredentials or another user in Options.Connect: %w", err)
	case errors.As(err, &unknown):
		return fmt.Errorf("the authority of NATS is not trusted, set nats.RootCAs in Options.Connect: %w", err)
	case errors.As(err, &name):
		return fmt.Errorf("the certificate of NATS has another name than Options.URL: %w", err)
	case errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("NATS has no TLS, but Options.URL or Options.Connect asks for it: %w", err)
	case errors.As(err, &op) && op.Op == "remote error", errors.Is(err, nats.ErrTLS):
		return fmt.Errorf("NATS ends TLS, if it asks for a certificate set nats.ClientCert in Options.Connect: %w", err)
	}
	return err
}

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
	case code == accountBytes:
		return fmt.Errorf("the account of NATS allows no stream of Options.Bytes = %d bytes, lower it: %w", o.Bytes, err)
	case code == accountStreams:
		return fmt.Errorf("the account of NATS allows no further stream, name one that exists in Options.Stream or raise its limit: %w", err)
	case code == noCluster, code == noPeers:
		return fmt.Errorf("Options.Replicas = %d needs a cluster of as many servers: %w", o.Replicas, err)
	case code == subjectOverlap:
		return fmt.Errorf("another stream has the subjects Options.Subjects = %q, choose another prefix: %w", o.Subjects, err)
	case errors.Is(err, errStreamDiffers):
		return fmt.Errorf("choose another Options.Stream, or the Options.Subjects that it has: %w", err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("JetStream is off for this account of NATS: %w", err)
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return fmt.Errorf("JetStream is off, start NATS with -js or a block jetstream: %w", err)
	}
	return err
}
