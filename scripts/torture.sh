#!/usr/bin/env bash
# The long versions of the tests of what survives, one package after the other: torture.sh [package…]. It prints what they
# counted, on lines that begin with "torture:". Temporary files go to memory where the system has /dev/shm, since every
# build syncs; TORTURE_TMP names another folder. RAGNER_TORTURE_PERCENT=10 does a tenth of what is drawn at random.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=${TORTURE_TMP:-/dev/shm}
[ -d "$tmp" ] || tmp=$(dirname "$(mktemp -u)")
TMPDIR=$(mktemp -d "$tmp/ragner-torture.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
tests='Killed|Failing|Damage|Flip|Cut|Changed|Sequences|Readers|Writers|Leftovers|Trace|Catch'
packages=("${@:-./index/... ./corpora ./internal/testkit/trace ./cmd/ragner .}")
# shellcheck disable=SC2068 # a list of packages
nice -n 10 "${GO:-go}" test -tags torture -timeout 12h -p 1 -count=1 -v -run "$tests" ${packages[@]} | grep -E '^(torture:|--- |FAIL|ok|panic:|    .*_test\.go)'
