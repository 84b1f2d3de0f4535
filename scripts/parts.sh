#!/usr/bin/env bash
# Installs the real parts that tests and benchmarks run against: a local Ollama,
# small model weights, the lint tools. Everything lands in a cache folder outside
# the checkout; nothing here is a dependency of the product.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/parts/common.sh
source "$here/parts/common.sh"
# shellcheck source=scripts/parts/ollama.sh
source "$here/parts/ollama.sh"
# shellcheck source=scripts/parts/weights.sh
source "$here/parts/weights.sh"
# shellcheck source=scripts/parts/lint.sh
source "$here/parts/lint.sh"

usage() {
  cat <<'TEXT'
usage: scripts/parts.sh COMMAND

  ollama                                  build Ollama for this CPU
  weights smollm2|qwen0.5b|qwen1.5b ...   fetch model weights (98 MB, 491 MB, 1.1 GB)
  lint                                    build golangci-lint and gofumpt
  all                                     all of the above
  path NAME                               print where a part is; fails when it is not installed
                                          (ollama, smollm2, qwen0.5b, qwen1.5b,
                                           golangci-lint, gofumpt, cache)
  help                                    this text

Parts are kept in $RAGNER_PARTS, else $XDG_CACHE_HOME/ragner-parts, else ~/.cache/ragner-parts.
Running a command again does nothing when its part is already there; two runs at once are safe.
TEXT
}

install_all() {
  install_ollama
  local name
  for name in $WEIGHT_NAMES; do install_weights "$name"; done
  install_lint
}

# path_of prints the file of an installed part and fails when its stamp is absent or stale.
path_of() {
  case "$1" in
    cache) echo "$CACHE" ;;
    ollama) part_file ollama "$(ollama_key)" ollama ;;
    golangci-lint) part_file golangci-lint "$(golangci_key)" golangci-lint ;;
    gofumpt) part_file gofumpt "$(gofumpt_key)" gofumpt ;;
    *) part_file "weights-$1" "$(weights_sha "$1")" "$1.gguf" ;;
  esac
}

main() {
  local command=${1:-help}
  shift || true
  case "$command" in
    ollama) install_ollama ;;
    weights)
      (($# > 0)) || die "weights needs a name: $WEIGHT_NAMES"
      local name
      for name in "$@"; do install_weights "$name"; done
      ;;
    lint) install_lint ;;
    all) install_all ;;
    path) path_of "${1:?path needs the name of a part}" ;;
    help | -h | --help) usage ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
}

main "$@"
