#!/bin/sh
# Releases both modules at one version: see RELEASING.md.
#
#	sh scripts/release.sh v0.2.0
#
# It gives what is unreleased its version, raises the requirements, builds
# importers of the release, commits, and tags the commit for each module. It
# pushes nothing: it prints the commands, in their order.
set -eu
cd "$(dirname "$0")/.."

root=github.com/rivulet-go/rivulet
nats=stream/broker/natsbroker
version=${1-}

refuse() {
	echo "release: $*" >&2
	exit 1
}

echo "$version" | grep -Eqx 'v(0|1)\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?' || refuse "usage: sh scripts/release.sh vX.Y.Z"
[ -z "$(git status --porcelain)" ] || refuse "there are changes that are not committed"
for tag in "$version" "$nats/$version"; do
	! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || refuse "the tag $tag exists, and a tag never moves"
done
grep -q '^## \[Unreleased\]$' CHANGELOG.md || refuse "CHANGELOG.md has no heading [Unreleased]"
! grep -qF "## [${version#v}]" CHANGELOG.md || refuse "CHANGELOG.md has a heading for $version already"

# The replace beside each requirement, which importers do not see, keeps the tree
# building before there is a tag.
heading="## [${version#v}] - $(date -u +%Y-%m-%d)"
awk -v heading="$heading" '{ print } $0 == "## [Unreleased]" { print ""; print heading }' CHANGELOG.md >CHANGELOG.new
mv CHANGELOG.new CHANGELOG.md
go -C "$nats" mod edit -require="$root@$version"
go -C examples mod edit -require="$root@$version"
go -C examples/starter mod edit -require="$root@$version"

echo "building importers of $version" >&2
if ! go -C internal/e2e test -count=1 -run=TestImporters ./importertest >&2; then
	git checkout -q -- CHANGELOG.md "$nats/go.mod" examples/go.mod examples/starter/go.mod
	refuse "importers cannot use $version; nothing is changed"
fi

git commit -qam "Release $version"
git tag "$version"
git tag "$nats/$version"

# The root goes first: nobody can use natsbroker before the root is there.
echo "git push origin HEAD $version"
echo "git push origin $nats/$version"
