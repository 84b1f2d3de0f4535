# Builds Ollama from its Go module. Sourced by parts.sh, never run.
# shellcheck shell=bash

OLLAMA_VERSION=v0.17.4
# The release of malgo is pinned for the miniaudio.h it carries.
MALGO_VERSION=v0.11.24
# A plain build has only SSE: these flags let ggml use what this CPU has (AVX2, AVX-512),
# which is several times faster. The defines turn on two things that ggml's own build system
# would: kernels for weights in a repacked order, and OpenMP's threads, which sleep at a
# barrier where ggml's own spin, and so survive cores that are shared with other work.
OLLAMA_CFLAGS="-O3 -march=native -fopenmp -DGGML_USE_OPENMP -DGGML_USE_CPU_REPACK"
# Ollama's Go build leaves out ggml's code for Intel's AMX, but the rest of ggml calls it
# as soon as the compiler says that the CPU has it, and the program does not link.
NO_AMX="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"

# cpu_key names this CPU by model and features: -march=native code made on one CPU may
# not run on another, so a cache copied elsewhere has to be rebuilt.
cpu_key() {
  local about=/proc/cpuinfo
  if [[ -r $about ]]; then
    grep -m2 -E '^(model name|flags|Features)' "$about" | sha256sum | cut -c1-12
  else
    uname -m
  fi
}

ollama_key() { echo "$OLLAMA_VERSION $OLLAMA_CFLAGS $(cpu_key)"; }

install_ollama() {
  if is_current ollama "$(ollama_key)"; then return; fi
  need go g++
  install_part headers "malgo $MALGO_VERSION, json, stb" make_headers
  install_part ollama "$(ollama_key)" make_ollama
}

make_ollama() {
  # Go's build cache knows the flags but not the CPU behind "native"; the define
  # carries the CPU into its key.
  local flags
  flags="$OLLAMA_CFLAGS $(no_amx) -DRAGNER_CPU_$(cpu_key | tr -c 'a-zA-Z0-9\n' _)"
  GOBIN=$1 GOFLAGS='' CGO_ENABLED=1 \
    CGO_CFLAGS=$flags CGO_CXXFLAGS=$flags CGO_CPPFLAGS="-I$CACHE/headers" \
    CGO_LDFLAGS=-fopenmp \
    go install -ldflags "-s -w -X=github.com/ollama/ollama/version.Version=${OLLAMA_VERSION#v}" \
    "github.com/ollama/ollama@$OLLAMA_VERSION" >"$1/build.log" 2>&1 || {
    # The C compiler's many warnings are of interest only when the build fails.
    tail -n 40 "$1/build.log" >&2
    die "Ollama $OLLAMA_VERSION did not build"
  }
}

# no_amx prints NO_AMX where the compiler knows these flags; elsewhere it knows no AMX either.
no_amx() {
  # shellcheck disable=SC2086
  if g++ $NO_AMX -E -x c++ /dev/null >/dev/null 2>&1; then echo "$NO_AMX"; fi
}

# make_headers gathers the three C headers that Ollama's module leaves out.
make_headers() {
  mkdir -p "$1/miniaudio"
  cp "$(malgo_folder)/miniaudio.h" "$1/miniaudio/"
  add_header "$1" nlohmann/json.hpp nlohmann-json3-dev
  add_header "$1" stb/stb_image.h libstb-dev
}

malgo_folder() {
  go mod download -json "github.com/gen2brain/malgo@$MALGO_VERSION" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p'
}

# add_header FOLDER HEADER PACKAGE: nothing where the compiler finds HEADER already, else
# Debian's package unpacked into FOLDER (no root needed), else installed the usual way.
add_header() {
  if has_header "$1" "$2"; then return; fi
  unpack_deb "$1" "$3" || true
  if has_header "$1" "$2"; then return; fi
  install_deb "$3" || die "cannot find the C header $2: install the package $3"
  has_header "$1" "$2" || die "$3 is installed, but the compiler does not find $2"
}

has_header() { echo "#include <$2>" | g++ -E -x c++ -I"$1" - >/dev/null 2>&1; }

unpack_deb() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  local work=$1/.deb
  mkdir -p "$work/out"
  # World-readable, so that apt's own unprivileged user can read and write it.
  chmod 755 "$1" && chmod 777 "$work"
  (cd "$work" && apt-get download -qq "$2" >&2) || return 1
  dpkg -x "$work/$2"_*.deb "$work/out" || return 1
  cp -r "$work/out/usr/include/." "$1/"
  rm -rf "$work"
}

install_deb() {
  command -v apt-get >/dev/null || return 1
  if ((EUID == 0)); then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$1" >&2
  else
    sudo -n apt-get update -qq && sudo -n apt-get install -y -qq --no-install-recommends "$1" >&2
  fi
}
