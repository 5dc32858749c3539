// Package broker.
package broker
