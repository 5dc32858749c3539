#!/bin/sh
# All benchmarks. Some have a budget: they fail if it is missed by more than a fifth.
# The others still run, and the script fails at the end.
set -u
cd "$(dirname "$0")/.." || exit 1

failed=0

# bench FLAGS...: runs go FLAGS
bench() {
	go "$@" || failed=1
}

bench test -run='^$' -bench=. ./stream/...
bench -C internal/e2e test -run='^$' -bench=. ./ssebench
bench -C stream/broker/natsbroker test -run='^$' -bench=.
bench -C internal/e2e test -run='^$' -bench='Reveal/.*/^1000$' ./browsertest
bench -C internal/e2e test -run='^$' -bench=ScriptTime ./browsertest
bench -C internal/e2e test -run='^$' -bench=. ./pagebench
exit $failed
