# Shared by parts.sh: the cache folder, stamps, locks. Sourced, never run.
# shellcheck shell=bash

CACHE=${RAGNER_PARTS:-${XDG_CACHE_HOME:-$HOME/.cache}/ragner-parts}
# Absolute, for go install takes no other GOBIN.
[[ $CACHE == /* ]] || CACHE=$PWD/$CACHE

die() {
  echo "parts.sh: $*" >&2
  exit 1
}

say() { echo "parts.sh: $*" >&2; }

need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || die "this needs the command '$tool'"
  done
}

# is_current PART KEY: is PART installed, and made from exactly KEY?
is_current() {
  [[ -f "$CACHE/$1/.stamp" && "$(cat "$CACHE/$1/.stamp")" == "$2" ]]
}

# part_file PART KEY FILE: prints the path of FILE in PART, or fails saying it is missing.
part_file() {
  is_current "$1" "$2" || die "$1 is not installed (or is outdated)"
  echo "$CACHE/$1/$3"
}

# install_part PART KEY MAKE ARGS...: runs "MAKE FOLDER ARGS..." in a fresh folder and
# renames that folder to $CACHE/PART once it is whole, so that a reader sees all or nothing.
# The lock makes a second run wait and then find the stamp. The subshell holds the lock and
# the clean-up; file descriptor 9 goes with it, and is closed for MAKE so that no process
# MAKE leaves behind can keep the lock.
install_part() {
  local part=$1 key=$2 make=$3
  shift 3
  if is_current "$part" "$key"; then return; fi
  need flock
  mkdir -p "$CACHE/.locks"
  # No "||" or "if" around this subshell: either would switch "set -e" off inside it.
  (
    flock 9
    if is_current "$part" "$key"; then exit 0; fi
    say "installing $part into $CACHE"
    # What a killed run left behind: with the lock held, nobody is working in it.
    rm -rf "$CACHE/.$part".*
    aside=$(mktemp -d "$CACHE/.$part.XXXXXX")
    trap 'rm -rf "$aside"' EXIT
    "$make" "$aside" "$@" 9>&-
    echo "$key" >"$aside/.stamp"
    chmod 755 "$aside"
    swap_in "$aside" "$CACHE/$part"
    say "$part is ready"
  ) 9>"$CACHE/.locks/$part"
}

# swap_in NEW PLACE: puts NEW where PLACE is; what was there goes last.
swap_in() {
  local old=$1.old
  if [[ -e $2 ]]; then mv "$2" "$old"; fi
  mv "$1" "$2"
  rm -rf "$old"
}
