// Package embedded runs a NATS server with JetStream in this process.
package embedded
