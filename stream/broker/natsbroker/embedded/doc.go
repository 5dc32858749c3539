// Package embedded runs a NATS server with JetStream in this process, for
// development, for tests and for a program that is to be one file.
//
//	server, err := embedded.Start(embedded.Options{Dir: "events"})
//	...
//	store, err := natsbroker.Open(ctx, natsbroker.Options{Server: server})
//
// It takes no port unless it is given an address. It has no users, no TLS and is
// no part of a cluster: what needs those needs a server of its own. It is a
// package of its own so that a program that only connects does not carry one.
package embedded
