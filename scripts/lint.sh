#!/usr/bin/env bash
# Checks formatting and code: gofumpt, go vet, golangci-lint with .golangci.yml.
# Installs the two tools by scripts/parts.sh when they are missing. Runs all three
# checks before it fails, so that one run shows everything.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# formatted fails when a Go file of the repository is not as gofumpt writes it. Git names
# the files, so that build output and vendored copies in ignored folders stay out.
formatted() {
  local files=() wrong
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.go')
  ((${#files[@]} > 0)) || return 0
  wrong=$("$gofumpt" -l -- "${files[@]}")
  [[ -z $wrong ]] || {
    printf 'not formatted (run gofumpt -w):\n%s\n' "$wrong" >&2
    return 1
  }
}

scripts/parts.sh lint
gofumpt=$(scripts/parts.sh path gofumpt)
golangci=$(scripts/parts.sh path golangci-lint)

status=0
formatted || status=1
go vet ./... || status=1
"$golangci" run || status=1
exit "$status"
