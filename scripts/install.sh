#!/bin/sh
# Installs what the tests drive, browsers and others, where that can be done
# without asking: as root, from the packages of the distribution. What is then
# still missing is named in one line each. The tests that need it are skipped;
# with CI set they fail.
set -u
export DEBIAN_FRONTEND=noninteractive

# Each row: package of Debian, programs of which one suffices.
wanted='
chromium chromium chromium-browser google-chrome
firefox-esr firefox-esr firefox
webkit2gtk-driver WebKitWebDriver
xvfb Xvfb
nginx nginx
npm npm
gcc gcc cc clang
'

# These start a server when they are installed, so only where tests are all that runs.
[ "${CI-}" != true ] || wanted="$wanted
caddy caddy
haproxy haproxy
apache2 apache2
varnish varnishd
"

# present PROGRAM...: one of the programs is there
present() {
	for program; do
		command -v "$program" >/dev/null 2>&1 && return
		[ -x "/usr/sbin/$program" ] && return
	done
	return 1
}

# missing: the packages of which no program is there
missing() {
	echo "$wanted" | while read -r package programs; do
		[ -n "$package" ] || continue
		# shellcheck disable=SC2086 # the words of a row
		present $programs || echo "$package"
	done
}

packages=$(missing)
[ -n "$packages" ] || exit 0

if [ "$(id -u)" = 0 ] && present apt-get; then
	apt-get update -qq >/dev/null </dev/null
	for package in $packages; do
		echo "installing $package"
		apt-get install -qq --no-install-recommends "$package" >/dev/null </dev/null
	done
fi

for package in $(missing); do
	echo "not installed: $package (as root: apt-get install $package, or what your system calls it)"
done
