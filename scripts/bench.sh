#!/usr/bin/env bash
# Measures what BENCHMARKS.md reports: builds ragner and the benchmark, installs the Python peers into the cache of
# scripts/parts.sh, and runs everything in one go. Arguments go to the benchmark (-rounds 3, -sentences 95000, …).
# "-growth" instead measures ragner alone from a thousand to a million sentences and draws docs/img/growth.svg from
# docs/img/growth.csv; sizes that the table has are not measured again.
#
#   RAGNER_BENCH_DATA    folder with pool.txt.gz and queries.txt, a sentence a line; made-up text without it
#   RAGNER_BENCH_PYTHON  Python that has bench/requirements.txt; "none": without these peers
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/parts/common.sh
source scripts/parts/common.sh

make_peers() {
  need python3
  python3 -m venv "$1/venv"
  "$1/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
}

growth=()
if [[ ${1:-} == -growth ]]; then
  shift
  growth=(-growth docs/img/growth -sentences 1000000 -rounds 3 -queries 200)
  RAGNER_BENCH_PYTHON=none
fi

python=${RAGNER_BENCH_PYTHON:-}
if [[ -z $python ]]; then
  install_part bench-peers "$(sha256sum bench/requirements.txt)" make_peers
  python=$CACHE/bench-peers/venv/bin/python
elif [[ $python == none ]]; then
  python=
fi

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
CGO_ENABLED=0 go build -trimpath -o "$built/ragner" ./cmd/ragner
CGO_ENABLED=0 go build -trimpath -o "$built/bench" ./bench
"$built/bench" -ragner "$built/ragner" -python "$python" ${growth[@]+"${growth[@]}"} "$@"
