// Package embedded runs a NATS server with JetStream in this process, for
// development, for tests, and for a program that is a single file.
//
//	server, err := embedded.Start(embedded.Options{Dir: "events"})
//	if err != nil {
//		return err
//	}
//	defer server.Close()
//	store, err := natsbroker.Open(ctx, natsbroker.Options{Server: server})
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// The server listens on a port only if Addr is set. It has no users, no TLS and
// no cluster: run a separate server for these. The package is separate so that a
// program that only connects to NATS does not contain a server.
package embedded
