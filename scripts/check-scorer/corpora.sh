#!/usr/bin/env bash
# Checks the scorer on a folder of corpora: corpora.sh DATA [RAGNER [PYTHON]]. Corpora that are absent are named.
# The last lines add up all copies and figures.
set -u
export PYTHONDONTWRITEBYTECODE=1
data=${1:?folder of corpora} ragner=${2:-ragner} python=${3:-python3}
here=$(cd "$(dirname "$0")" && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

check() { # check SCRIPT OPTIONS... -- FILES..., files relative to the folder
  local options=() files=()
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  for file in "$@"; do
    if [[ -e $data/$file ]]; then files+=("$file"); else echo "absent: $file"; fi
  done
  [[ ${#files[@]} -eq 0 ]] && return
  (cd "$data" && "$python" "$here/${options[0]}" --ragner "$ragner" "${options[@]:1}" "${files[@]}") | tee -a "$log"
  [[ ${PIPESTATUS[0]} -eq 0 ]] || failed=1
}

domains=(ai literature music politics science)
ncbi=(ncbi_disease/conll/{train,devel,test}.tsv)
wnut=(wnut17/wnut17train.conll wnut17/emerging.dev.conll wnut17/emerging.test.annotated)
crossner=()
for domain in "${domains[@]}"; do crossner+=(crossner/"$domain"/{train,dev,test}.txt); done
uner=(uner_Swedish-Talbanken/sv_talbanken-ud-{train,dev,test}.iob2 uner_Chinese-GSDSIMP/zh_gsdsimp-ud-{train,dev,test}.iob2)
genia=(genia_nested/genia.{dev,test}.iob2)
other=(genia_nested/{dev,test}.jsonlines bc5cdr_pubtator/CDR_{Training,Development,Test}Set.PubTator.txt
  biored/{Train,Dev,Test}.PubTator biored/Dev.BioC.XML biored/Test.BioC.JSON maccrobat2020
  ncbi_disease/original-data/{train,devel,test} ncbi_disease/standoff/{train,devel,test})

for wrong in spans stray; do
  check check_scorer.py --perturb --wrong $wrong -- "${ncbi[@]}" "${wnut[@]}" "${crossner[@]}"
  check check_scorer.py --perturb --wrong $wrong --columns 2:3 -- "${uner[@]}"
  for layer in 2 3 4; do
    check check_scorer.py --perturb --wrong $wrong --columns 1:$layer -- "${genia[@]}"
  done
  check check_scorer.py --perturb --wrong $wrong --convert -- "${other[@]}"
done
check check_spans.py -- "${genia[@]}" "${other[@]}"

awk '/^total:/ {copies += $2; figures += $4; different += $6}
  END {print copies + 0, "copies,", figures + 0, "figures,", different + 0, "differ"}' "$log"
exit $failed
