# Sourced by the other tools: makes sure that the .NET SDK and ffmpeg are there. Quick where nothing is to be done.

say() { printf '%s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo && sudo -n true; } >/dev/null 2>&1
}

need_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' && return 0
  say "The .NET 10 SDK is missing. Debian and Ubuntu: https://learn.microsoft.com/dotnet/core/install/linux (package dotnet-sdk-10.0)."
  return 1
}

# The ffmpeg package brings the program and, through its dependencies, the libraries that are loaded into the process.
need_ffmpeg() {
  command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null && return 0
  local by_hand="ffmpeg is missing. Install it with: sudo apt-get install ffmpeg"
  if ! command -v apt-get >/dev/null; then say "$by_hand (or your system's package manager)"; return 1; fi
  if ! may_be_root; then say "$by_hand"; return 1; fi
  say "ffmpeg is missing: installing it with apt-get (about a minute)"
  local log
  log=$(mktemp)
  if apt_install ffmpeg >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  say "apt-get failed: $(tail -n 3 "$log")"
  say "$by_hand"
  rm -f "$log"
  return 1
}

# Open MPI starts several ranks in tests of them, which are skipped without it.
need_mpirun() { offer_to_tests mpirun openmpi-bin "several ranks"; }

# strace lets system calls fail in tests of faults, which are skipped without it.
need_strace() { offer_to_tests strace strace faults; }

# offer_to_tests PROGRAM PACKAGE TESTS: installs it if that is possible, and says otherwise which tests are skipped.
offer_to_tests() {
  command -v "$1" >/dev/null && return 0
  if command -v apt-get >/dev/null && may_be_root; then
    say "$1 is missing: installing it with apt-get"
    apt_install "$2" >/dev/null 2>&1 && return 0
  fi
  say "Tests of $3 are skipped: there is no $1 (sudo apt-get install $2)."
}

apt_install() {
  as_root sh -c 'apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"' sh "$1"
}
