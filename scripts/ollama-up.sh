#!/usr/bin/env bash
# Brings up the Ollama that scripts/parts.sh built, on the loopback address, in the
# foreground: prints its URL once every MODEL answers by name, and stops with Ctrl-C.
# The tests start their server by this script too (internal/testkit/parts).
#
# usage: scripts/ollama-up.sh [PORT] MODEL...     MODEL: smollm2, qwen0.5b, qwen1.5b
#        PORT 0, the default, is any free one
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
server='' log=''

fail() {
  echo "ollama-up.sh: $*" >&2
  if [[ -n $log ]]; then tail -n 20 "$log" >&2; fi
  exit 1
}

# settings makes this server independent of the person's own Ollama and its settings.
settings() {
  local name
  for name in ${!OLLAMA_@}; do unset "$name"; done
  export HOME="$cache/ollama-home"
  export OLLAMA_HOST="127.0.0.1:$1"
  export OLLAMA_MODELS="$cache/ollama-models"
  # A starting server deletes the pieces that no model names: also those that another
  # server, on the same folder, is creating a model from.
  export OLLAMA_NOPRUNE=1
  export OLLAMA_NO_CLOUD=1
  export OLLAMA_KEEP_ALIVE=30m
  # One request at a time has both cores; more in parallel only share them.
  export OLLAMA_NUM_PARALLEL=${RAGNER_OLLAMA_PARALLEL:-1}
  export OLLAMA_FLASH_ATTENTION=${RAGNER_OLLAMA_FLASH:-1}
  mkdir -p "$HOME" "$OLLAMA_MODELS" "$cache/.locks"
}

# start_server leaves the address it listens on in OLLAMA_HOST. With port 0 the system
# chooses, and the server's log is the one place that tells which.
start_server() {
  log=$(mktemp "${TMPDIR:-/tmp}/ragner-ollama.XXXXXX")
  "$ollama" serve >"$log" 2>&1 &
  server=$!
  local address
  for _ in {1..600}; do
    kill -0 "$server" 2>/dev/null || fail "the server ended while starting:"
    address=$(sed -n 's/.*Listening on \([0-9.]*:[0-9]*\).*/\1/p' "$log")
    if [[ -n $address ]]; then
      export OLLAMA_HOST=$address
      if "$ollama" list >/dev/null 2>&1; then return; fi
    fi
    sleep 0.1
  done
  fail "the server does not answer:"
}

stop_server() {
  if [[ -n $server ]]; then
    # On TERM the server ends its model runners, then itself.
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [[ -n $log ]]; then rm -f "$log"; fi
}

# modelfile NAME WEIGHTS: ChatML, which these three models speak; their files carry no template.
modelfile() {
  cat <<TEXT
FROM $2
TEMPLATE """{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
PARAMETER stop <|im_end|>
TEXT
}

# ensure_model creates the model NAME unless this very definition of it is there.
ensure_model() {
  local name=$1 file=$OLLAMA_MODELS/$1.Modelfile
  if cmp -s "$file" <(modelfile "$@") && "$ollama" show "$name" >/dev/null 2>&1; then return; fi
  modelfile "$@" >"$file.new"
  # In the background with a wait, for bash answers a signal only between commands.
  "$ollama" create "$name" -f "$file.new" >>"$log" 2>&1 &
  wait $! || fail "cannot create the model $name:"
  mv "$file.new" "$file"
}

main() {
  local port=0 name
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then port=$1 && shift; fi
  cache=$("$here/parts.sh" path cache)
  ollama=$("$here/parts.sh" path ollama) || fail "run scripts/parts.sh ollama"
  declare -A weights
  for name in "$@"; do
    weights[$name]=$("$here/parts.sh" path "$name") || fail "run scripts/parts.sh weights $name"
  done
  settings "$port"
  trap stop_server EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  start_server
  for name in "$@"; do
    # One creator at a time: servers of several test runs share the models folder.
    exec 9>"$cache/.locks/ollama-models"
    flock 9
    ensure_model "$name" "${weights[$name]}"
    exec 9>&-
  done
  echo "http://$OLLAMA_HOST"
  wait "$server"
}

main "$@"
