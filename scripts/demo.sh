#!/bin/sh
# Builds the demo, runs it, and says meanwhile what it is doing. The arguments are
# the demo's. With -nats or NATS_URL, the build contains NATS.
#
# From empty caches, the time goes into compiling Go's own library and SQLite.
# The library is compiled while the modules are still being downloaded. The
# compiler may use memory instead of time, up to 1 GiB. SQLite is compiled without
# inlining and debug information, which takes half the time.
set -eu
cd "$(dirname "$0")/../examples"

tags=
case "${NATS_URL:+-nats} $*" in
*-nats*) tags=nats ;;
esac

build() {
	GOGC=off GOMEMLIMIT=1GiB go build "$@"
}

echo "1/3 getting modules: templ, SQLite${tags:+, NATS} (the first time, some 50 MB)" >&2
build net/http database/sql &
go list -tags="$tags" -deps ./demo >/dev/null
wait

echo "2/3 building the demo${tags:+ with NATS} (the first time, about half a minute)" >&2
build -tags="$tags" -gcflags='modernc.org/...=-l -dwarf=false' -o ../bin/demo ./demo

echo "3/3 starting the demo" >&2
exec ../bin/demo "$@"
