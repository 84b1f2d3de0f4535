#!/usr/bin/env bash
# Measures, by hand, what shared demonstrations, prompts of several sentences and the cascade do for a slow model: sentences a
# second, strict F1, and prompt tokens that the server read and had kept. The server must be idle and have one slot.
#
# usage: bench/throughput.sh INDEX GOLD MODEL [SENTENCES]     SENTENCES: 200 by default, in files with a document a sentence
#        RAGNER_MODEL_URL    the server, Ollama's usual address by default
#        RAGNER_THREADS      threads of Ollama, 0 by default: its own choice
#        Keeps the reports of eval in ./throughput, and begins with a call that loads the model.
set -euo pipefail

if (($# < 3)); then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
index=$(realpath "$1") gold=$(realpath "${2%%,*}") model=$3 limit=${4:-200}
options=${2#"${2%%,*}"}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
CGO_ENABLED=0 go build -trimpath -o "$built/ragner" ./cmd/ragner
cd "$OLDPWD"
mkdir -p throughput

# row NAME FLAG...: evaluates with the flags and prints a row of the table.
row() {
  local name=$1
  shift
  "$built/ragner" eval -i "$index" --gold "$gold$options" --limit "$limit" --model "$model" --concurrency 1 \
    --threads "${RAGNER_THREADS:-0}" --json "$@" >"throughput/$name.json"
  python3 - "throughput/$name.json" "$name" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
f = r["criteria"]["strict"]["micro"]
n = max(r["sentences"], 1)
print(f"| {sys.argv[2]} | {n / r['seconds']:.2f} | {f['f1']:.3f} ({f['f1_low']:.3f} to {f['f1_high']:.3f}) | {r['calls']} | "
      f"{(r['prompt_tokens'] - r['cached_tokens']) / n:.0f} | {r['cached_tokens'] / n:.0f} | {r['output_tokens'] / n:.1f} | {r['asked_again']} |", flush=True)
PY
}

"$built/ragner" eval -i "$index" --gold "$gold$options" --limit 1 --model "$model" --tagger llm --threads "${RAGNER_THREADS:-0}" >/dev/null
echo "| $limit sentences, $model | sentences a second | strict F1 | calls | tokens read a sentence | kept | answered | asked again |"
echo "|---|---|---|---|---|---|---|---|"
# Rows of llm have the model's answer alone: weighed with a learned tagger all have the same F1.
row own --tagger llm --trust 1
row shared --tagger llm --trust 1 --share 10 --own 0
row together --tagger llm --trust 1 --together 4
row both --tagger llm --trust 1 --share 12 --own 0 --together 4
row skip --tagger llm --trust 1 --skip 0.05
row share-and-skip --tagger llm --trust 1 --share 10 --own 0 --skip 0.05
row own-lines --tagger llm --trust 1 --answer-format lines
row share-and-skip-lines --tagger llm --trust 1 --share 10 --own 0 --skip 0.05 --answer-format lines
row cascade --tagger cascade
row cascade-both --tagger cascade --share 12 --own 0 --together 4
row learned --tagger learned
