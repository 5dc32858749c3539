// Package pagebench compares streamed pages with programs that are written for
// these pages by hand.
//
// A [Program] serves each [Page] in its own way. [HandMade] is the limit: templ, a
// goroutine for each boundary and a channel, and nothing else. [Plain] is
// templ.Handler. [Slots] is the way to stream that templ documents. [InPlace] and
// [Suspended] are Rivulet.
//
// The benchmark runs each program in a process of its own, all on one CPU, and
// requests pages from another CPU. It prints ratios, each the median over rounds
// in which the programs take turns, because the speed of a machine varies over
// time. It fails where a ratio misses its budget by more than a fifth. Three
// rounds take a minute and show large differences:
//
//	go -C internal/e2e test ./pagebench -run='^$' -bench=. -rounds=3
package pagebench
