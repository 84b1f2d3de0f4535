#!/usr/bin/env bash
# Checks retrieval on a folder of corpora and ontologies: corpora.sh DATA [PYTHON]. What is absent is named. Needs Go, and
# a Python with requirements.txt.
set -u
export PYTHONDONTWRITEBYTECODE=1
data=$(cd "${1:?folder of corpora}" && pwd) python=${2:-python3}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here/../.." && CGO_ENABLED=0 go build -trimpath -o "$work/" ./cmd/ragner ./scripts/check-retrieval) || exit 1
failed=0

check() { # check COLLECTION NAME FLAG PATHS..., paths relative to the folder
  local collection=$1 name=$2 flag=$3 path args=()
  shift 3
  for path in "$@"; do
    if [[ -e $data/${path%%,*} ]]; then args+=("$flag" "$path"); else echo "absent: $path"; fi
  done
  [[ ${#args[@]} -eq 0 ]] && return
  rm -rf "$work/idx" "$work/dump"
  mkdir "$work/dump"
  (cd "$data" && "$work/ragner" index -o "$work/idx" "${args[@]}") >"$work/log" 2>&1
  case $? in
    0 | 3) ;;
    *)
      cat "$work/log"
      failed=1
      return
      ;;
  esac
  "$work/check-retrieval" -i "$work/idx" -o "$work/dump" -collection "$collection" ${queries:+-text "$queries"} &&
    "$python" "$here/check_retrieval.py" --name "$name" "$work/dump" || failed=1
}

check sentences "NCBI, PubTator" --corpus ncbi_disease/original-data/{train,devel,test}
check sentences "NCBI, CoNLL" --corpus ncbi_disease/conll/{train,devel,test}.tsv
check sentences "NCBI, brat" --corpus ncbi_disease/standoff/{train,devel,test}
check sentences "BC5CDR" --corpus bc5cdr_pubtator/CDR_{Training,Development,Test}Set.PubTator.txt
check sentences "MACCROBAT" --corpus maccrobat2020
check sentences "BioRED, PubTator" --corpus biored/{Train,Dev,Test}.PubTator
check sentences "BioRED, BioC" --corpus biored/Dev.BioC.XML biored/Test.BioC.JSON
check sentences "GENIA, JSON lines" --corpus genia_nested/{dev,test}.jsonlines
check sentences "GENIA, IOB2" --corpus genia_nested/genia.{dev,test}.iob2
check sentences "WNUT17" --corpus wnut17/wnut17train.conll wnut17/emerging.{dev.conll,test.annotated}
for domain in ai literature music politics science; do
  check sentences "CrossNER, $domain" --corpus crossner/$domain/{train,dev,test}.txt
done
check sentences "UNER, Swedish" --corpus uner_Swedish-Talbanken/sv_talbanken-ud-{train,dev,test}.iob2
check sentences "UNER, Chinese" --corpus uner_Chinese-GSDSIMP/zh_gsdsimp-ud-{train,dev,test}.iob2
queries=$data/pool/queries.txt
[[ -e $queries ]] || queries=
check passages "pool" --passages pool/pool.txt.gz
queries=
check names "DOID 2016" --ontology doid/doid.2016-09-01.obo,label=Disease
check names "DOID 2018" --ontology doid/doid-2018-07-05.json.gz,label=Disease
check names "DOID, rare" --ontology doid/DO_rare_slim.obo,label=Disease
check names "DOID 2026" --ontology doid/HumanDO.2026.tsv,label=Disease
check names "HPO" --ontology hpo/hp.2017-04-13.obo.gz,label=Phenotype
check names "HPO, small" --ontology hpo/hp.small.json,label=Phenotype
check names "Orphanet" --ontology orphanet/ordo-2.6-2018-07-12.json.gz,label=Disease
check names "Orphapacket" --ontology orphanet/orphapacket.tsv.gz,label=Disease
exit $failed
