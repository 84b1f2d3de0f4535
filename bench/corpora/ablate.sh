#!/usr/bin/env bash
# Runs the grids that need no model on the corpora of docs/results.md, and prints their
# tables: which retrieval settings hold across domains and languages.
#
# usage: bench/corpora/ablate.sh RAGNER DATA OUT dev|test GRID...
#   RAGNER  the program
#   DATA    a folder with the corpora, as docs/results.md names them; what is not there is left out
#   GRID    retrieval, pool, or a file
#
# dev: indexes of the train parts, scored on the dev parts, to choose by.
# test: indexes of train and dev parts, scored on the test parts, to report.
# MACCROBAT has no parts: of its 200 documents in order of their names every fourth is
# its test part (50), and of the others every fourth its dev part.
set -euo pipefail

if (($# < 5)); then
  sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
ragner=$(realpath "$1") data=$(realpath "$2") out=$3 part=$4
shift 4
grids=("$@")

# compare NAME GOLD CORPUS... [--ontology PATH]: builds the index and runs the grids.
compare() {
  local name=$1 gold=$2 grid
  shift 2
  local dir=$out/$part/$name
  if [[ ! -e ${gold%%,*} ]]; then
    echo "$name: left out, there is no ${gold%%,*}" >&2
    return
  fi
  mkdir -p "$dir"
  if [[ ! -e $dir/index/CURRENT ]]; then
    "$ragner" index -o "$dir/index" --corpus "$@" >/dev/null 2>"$dir/index.log"
  fi
  for grid in "${grids[@]}"; do
    echo "== $name, $part part, $(basename "$grid" .yaml)"
    "$ragner" ablate -i "$dir/index" --gold "$gold" --grid "$grid" --allow-unseen-labels \
      -o "$dir/$(basename "$grid" .yaml)" 2>>"$dir/$(basename "$grid" .yaml).log"
  done
}

# sources TRAIN DEV: the files that the index of a part is built from.
sources() {
  echo "$1"
  if [[ $part == test ]]; then echo "$2"; fi
}

maccrobat() {
  local from=$data/maccrobat2020 to=$out/maccrobat i=0 j=0 file base
  mkdir -p "$to"/{train,dev,test}
  for file in "$from"/*.txt; do
    base=$(basename "$file" .txt)
    if [[ ! -e $from/$base.ann ]]; then continue; fi # the notice of the source
    local folder=train
    if ((i++ % 4 == 3)); then folder=test; elif ((j++ % 4 == 3)); then folder=dev; fi
    ln -sf "$from/$base.txt" "$from/$base.ann" "$to/$folder/"
  done
  mapfile -t from < <(sources "$to/train" "$to/dev")
  compare maccrobat "$to/$part" "${from[@]}"
}

corpus() { # NAME TRAIN DEV TEST [FLAG...]
  local name=$1 train=$2 dev=$3 test=$4 from
  shift 4
  mapfile -t from < <(sources "$data/$train" "$data/$dev")
  local gold=$test
  if [[ $part == dev ]]; then gold=$dev; fi
  compare "$name" "$data/$gold" "${from[@]}" "$@"
}

doid=(--ontology "$data/doid/doid.2016-09-01.obo,label=Disease")
corpus ncbi ncbi_disease/conll/{train,devel,test}.tsv "${doid[@]}"
corpus bc5cdr bc5cdr_pubtator/CDR_{TrainingSet,DevelopmentSet,TestSet}.PubTator.txt "${doid[@]}"
maccrobat
for domain in ai literature music politics science; do
  corpus "crossner-$domain" "crossner/$domain"/{train,dev,test}.txt
done
corpus uner-swedish uner_Swedish-Talbanken/sv_talbanken-ud-{train,dev,test}.iob2
corpus uner-chinese uner_Chinese-GSDSIMP/zh_gsdsimp-ud-{train,dev,test}.iob2
