#!/usr/bin/env bash
# Runs every fuzz target of the project for a time each: fuzz.sh [10m] [PART OF PACKAGE/TARGET].
# Prints a line for each, when it ends, with its executions. What it finds lands in testdata/fuzz, to be kept; inputs that reach
# new code are kept in Go's cache, so that the next run goes on from them. It fails when a target has failed, after all have run.
# Inputs that are merely new are shortened little: with one process that would take most of the time.
# FUZZJOBS targets run at once (1), with FUZZPROCS processes each (1). Temporary files go to memory where there is /dev/shm.
set -uo pipefail
cd "$(dirname "$0")/.."

# one TIME PACKAGE TARGET: fuzzes one target.
one() {
	local result=ok out executions
	if ! out=$(go test -run '^$' -fuzz "^$3\$" -fuzztime "$1" -fuzzminimizetime 20x -parallel "${FUZZPROCS:-1}" "$2" 2>&1); then
		result=FAILED
		echo "$out"
	fi
	executions=$(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1 | cut -d' ' -f2)
	printf '%-6s %12s executions  %s %s\n' "$result" "${executions:-0}" "$2" "$3"
	[[ $result == ok ]]
}

# targets PART: every target of which PACKAGE/TARGET has the part, a line each of package and name.
targets() {
	grep -rnoE '^func Fuzz[A-Za-z0-9_]+' --include='*_test.go' . | sort |
		while IFS=: read -r file _ func; do echo "$(dirname "$file")/${func#func }"; done |
		grep -F -- "$1" | sed -E 's#/([^/]*)$# \1#'
}

export -f one
if [[ -z ${TMPDIR:-} && -d /dev/shm ]]; then export TMPDIR=/dev/shm; fi
list=$(targets "${2:-}") || { echo "fuzz.sh: no target has ${2:-} in PACKAGE/TARGET" >&2; exit 2; }
xargs -r -P "${FUZZJOBS:-1}" -L 1 bash -c 'one "$@"' fuzz "${1:-10m}" <<<"$list" || exit 1
