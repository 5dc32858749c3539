// Package natsbroker keeps the events of broker.Broker in NATS JetStream.
package natsbroker
