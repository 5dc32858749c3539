// Package ssebench compares packages sse and broker with
// github.com/tmaxmax/go-sse: the speed of reading, of writing and of delivery to
// many subscribers.
//
// The benchmarks show figures. The tests fail where we are not ahead. Each figure
// is a ratio of two runs that take turns, because the speed of a machine varies
// over time:
//
//	go -C internal/e2e test ./ssebench -v -run=Ahead
package ssebench
