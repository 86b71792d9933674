# shellcheck shell=bash
# Shared by the scripts here and tests/run.sh; sourced, not run.

reprise_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "${0##*/}: $*"
  exit 1
}

# How many compilers at a time: one a core, and 1.5 GB of memory for each, by what is free here and by what
# a container or a batch job may use.
build_jobs() {
  local kib_a_job=1572864 cores kib limit used
  cores=$(nproc 2>/dev/null || echo 1)
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || true)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  used=$(cat /sys/fs/cgroup/memory.current 2>/dev/null || echo 0)
  if [[ $limit =~ ^[0-9]+$ ]]; then
    limit=$(((limit - used) / 1024))
    if [[ -z $kib ]] || ((limit < kib)); then kib=$limit; fi
  fi
  if [[ -n $kib ]] && ((cores > kib / kib_a_job)); then cores=$((kib / kib_a_job)); fi
  if ((cores < 1)); then cores=1; fi
  echo "$cores"
}

# Git refuses checkouts that another user owns, and the build asks it for the version. It is told for our
# processes alone that this one is known; nobody's configuration changes.
allow_this_checkout() {
  command -v git >/dev/null || return 0
  local answer count=${GIT_CONFIG_COUNT:-0}
  answer=$(LC_ALL=C git -C "$reprise_root" rev-parse HEAD 2>&1 || true)
  if [[ $answer == *'dubious ownership'* ]]; then
    export GIT_CONFIG_COUNT=$((count + 1))
    export "GIT_CONFIG_KEY_$count=safe.directory" "GIT_CONFIG_VALUE_$count=$reprise_root"
  fi
}

# build_preset PRESET [TARGET...]: configures and builds in build/PRESET; all targets when none is named.
build_preset() {
  local preset=$1 folder=$reprise_root/build/$1 fresh=() targets=() home
  shift
  if (($# > 0)); then targets=(--target "$@"); fi
  if ! mkdir -p "$folder" 2>/dev/null || [[ ! -w $folder ]]; then
    die "can't write to $folder; copy the checkout to where you can: git clone $reprise_root reprise"
  fi
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null || true)
  if [[ -n $home && $home != "$reprise_root" ]]; then fresh=(--fresh); fi  # the checkout has moved
  allow_this_checkout
  (cd "$reprise_root" && cmake --preset "$preset" "${fresh[@]}") ||
    die "cmake can't configure the build; if a package is missing: bash $reprise_root/jobs/install.sh"
  cmake --build "$folder" --parallel "$(build_jobs)" "${targets[@]}" ||
    die "the build failed; its first error is above. If memory ran out, try: cmake --build $folder --parallel 1"
}
