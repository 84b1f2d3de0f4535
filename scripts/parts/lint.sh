# Builds the lint tools at pinned versions. Sourced by parts.sh, never run.
# shellcheck shell=bash

GOLANGCI_VERSION=v2.15.0
GOFUMPT_VERSION=v0.12.0

# The Go version is part of the keys: golangci-lint refuses code for a newer Go than the
# one it was built with.
golangci_key() { echo "$GOLANGCI_VERSION $(go env GOVERSION)"; }
gofumpt_key() { echo "$GOFUMPT_VERSION $(go env GOVERSION)"; }

install_lint() {
  need go
  install_part gofumpt "$(gofumpt_key)" make_tool "mvdan.cc/gofumpt@$GOFUMPT_VERSION"
  install_part golangci-lint "$(golangci_key)" make_tool \
    "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$GOLANGCI_VERSION"
}

# make_tool turns cgo off: neither tool needs it, and the build is quicker without.
make_tool() { GOBIN=$1 GOFLAGS='' CGO_ENABLED=0 go install "$2"; }
