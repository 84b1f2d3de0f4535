#!/usr/bin/env bash
# Runs every fuzz target of the project for a time each, one after the other: fuzz.sh [10m] [PART OF A PACKAGE OR TARGET].
# Prints a line for each with its executions. What it finds lands in testdata/fuzz, to be kept; inputs that reach new code
# are kept in Go's cache, so that the next run goes on from them. It fails when a target has failed, after all have run.
# Inputs that are merely new are shortened little: with one process that would take most of the time.
set -uo pipefail
cd "$(dirname "$0")/.."
time=${1:-10m}
only=${2:-}
failed=0
while read -r file target; do
	package=$(dirname "$file")
	[[ "$package/$target" == *"$only"* ]] || continue
	if out=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 20x -parallel "${FUZZPROCS:-1}" "$package" 2>&1); then
		result=ok
	else
		result=FAILED
		failed=1
		echo "$out"
	fi
	executions=$(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1 | cut -d' ' -f2)
	printf '%-6s %12s executions  %s %s\n' "$result" "${executions:-0}" "$package" "$target"
done < <(grep -rnoE '^func Fuzz[A-Za-z0-9_]+' --include='*_test.go' . | sed -E 's/^([^:]+):[0-9]+:func (.*)/\1 \2/' | sort)
exit $failed
