#!/bin/sh
# The static checks, of every module. Needs Go and a module proxy, leaves nothing behind.
set -u
cd "$(dirname "$0")/.." || exit 1

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.9.0
templ=github.com/a-h/templ/cmd/templ@$(go list -m -f '{{.Version}}' github.com/a-h/templ)

failed=0
unreachable=no

# check NAME COMMAND...: says how it went, and what was said when it went wrong
check() {
	name=$1
	shift
	if said=$("$@" 2>&1 </dev/null); then
		echo "ok    $name"
	else
		echo "FAIL  $name"
		echo "$said"
		failed=1
	fi
}

formatted() {
	said=$(gofmt -l .) && echo "$said" && [ -z "$said" ]
}

# vulnerable passes when the database cannot be reached: that is not the code's fault.
vulnerable() {
	said=$(govulncheck ./... 2>&1)
	status=$?
	case $status,$said in
	0,*) ;;
	1,*"fetching vulnerabilities"*) unreachable=yes ;;
	*) echo "$said" && return 1 ;;
	esac
}

# newest: the root module builds with the newest templ that the proxy serves.
# Importers may have it, and what its generator and ours write can differ.
newest() {
	version=$(go list -m -versions github.com/a-h/templ | awk '{print $NF}')
	cp go.mod "$bin/newest.mod" && cp go.sum "$bin/newest.sum" || return
	go get -modfile="$bin/newest.mod" "github.com/a-h/templ@$version" && go vet -modfile="$bin/newest.mod" ./...
}

bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
PATH=$bin:$PATH
export PATH
for tool in $staticcheck $govulncheck $templ; do
	check "install $tool" env GOBIN="$bin" GOFLAGS= go install "$tool"
done

check "gofmt" formatted
check "the newest templ" newest
check "templ generate" templ generate -check -log-level error
for module in $(find . -name go.mod -exec dirname {} + | sort); do
	cd "$module" || exit 1
	check "$module: go mod tidy" go mod tidy -diff
	check "$module: go vet" go vet ./...
	check "$module: staticcheck" staticcheck ./...
	[ "$module" != ./examples ] || check "$module: staticcheck with NATS" staticcheck -tags=nats ./demo/...
	vulnerable >"$bin/said" || { echo "FAIL  $module: govulncheck" && cat "$bin/said" && failed=1; }
	cd - >/dev/null || exit 1
done
[ "$unreachable" = no ] || echo "not checked: govulncheck, its database cannot be reached"
exit $failed
