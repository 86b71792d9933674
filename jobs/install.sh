#!/usr/bin/env bash
# Installs the Debian 12 packages of jobs/packages.txt that are not there yet.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: jobs/install.sh [build] [run] [test] [slurm]

Installs the packages of jobs/packages.txt for building, running or testing reprise (all three when none is
named) or for slurm/local-cluster.sh that are not there yet. When all are there it changes nothing and needs
neither network nor root.

REPRISE_SKIP_PACKAGES=1 skips the check, where libraries come from somewhere else (environment modules, Spack).

Examples:
  bash jobs/install.sh             build, run and test
  bash jobs/install.sh build run   what a cluster needs
  bash jobs/install.sh slurm       a Slurm to try things on; starts none of its services
EOF
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=jobs/functions.sh
. "$here/functions.sh"

kinds=()
for argument in "$@"; do
  case $argument in
    build | run | test | slurm) kinds+=("$argument") ;;
    -h | --help) usage && exit 0 ;;
    *) say "install.sh: \"$argument\" is not one of build, run, test, slurm" && usage >&2 && exit 2 ;;
  esac
done
if ((${#kinds[@]} == 0)); then kinds=(build run test); fi

if [[ ${REPRISE_SKIP_PACKAGES:-} == 1 ]]; then
  say "REPRISE_SKIP_PACKAGES=1: packages are not checked"
  exit 0
fi

wanted=()
while read -r kind package rest; do
  if [[ -z $kind || $kind == \#* ]]; then continue; fi
  if [[ -z $package || -n $rest ]]; then die "$here/packages.txt: can't read \"$kind $package $rest\""; fi
  for each in "${kinds[@]}"; do
    if [[ $each == "$kind" ]]; then wanted+=("$package"); fi
  done
done <"${REPRISE_PACKAGES:-$here/packages.txt}"

system=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null || true)
system=${system:-an unknown system}

# What dpkg says is installed, whole and configured.
missing_of() {
  local installed package
  installed=$(LC_ALL=C dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii  *//p' || true)
  for package in "$@"; do
    grep -qxF -- "$package" <<<"$installed" || echo "$package"
  done
}

if ! command -v dpkg-query >/dev/null; then
  say "install.sh: this is $system without dpkg; reprise is built on Debian 12 and needs these packages of it:"
  say "  ${wanted[*]}"
  say "Use a Debian 12 machine or container (docker run -it debian:12, apptainer shell docker://debian:12)."
  say "With the same libraries from elsewhere, set REPRISE_SKIP_PACKAGES=1 and go on."
  exit 1
fi

mapfile -t missing < <(missing_of "${wanted[@]}")
if ((${#missing[@]} == 0)); then
  say "All ${#wanted[@]} packages for ${kinds[*]} are there."
  exit 0
fi

# fail REASON...: what is missing, why it isn't installed now, and what to type.
fail() {
  say "install.sh: ${#missing[@]} of ${#wanted[@]} packages are missing: ${missing[*]}"
  say "$@"
  say "The command that installs them, on Debian 12:"
  say "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
  exit 1
}

command -v apt-get >/dev/null || fail "They can't be installed here: this is $system without apt-get."

as_root=()
if (($(id -u) != 0)); then
  command -v sudo >/dev/null || fail "You are $(id -un), not root, and there is no sudo. Ask who administers this machine."
  if sudo -n true 2>/dev/null || [[ -t 0 ]]; then
    as_root=(sudo)
  else
    fail "You are $(id -un), not root, and sudo wants a password that can't be asked for here."
  fi
fi

log=$(mktemp "${TMPDIR:-/tmp}/reprise-install.XXXXXX" 2>/dev/null) ||
  fail "No temporary file can be made in ${TMPDIR:-/tmp}: is the disk full or read-only?"
trap 'rm -f "$log"' EXIT

apt() {
  "${as_root[@]}" env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    -o Acquire::Retries=2 "$@" </dev/null
}

# The errors that apt gave, without its warnings.
reasons() { grep -E '^(E|Err|W: Failed)' "$log" | sort -u | head -n 8 | sed 's/^/  /' || true; }

say "Installing ${#missing[@]} packages: ${missing[*]}"
if ! apt update >"$log" 2>&1; then
  fail "apt-get update failed: no network, no mirror, or a disk that can't be written to?"$'\n'"$(reasons)"
fi
unreachable=$(grep -cE '^(Err:|W: Failed to fetch)' "$log" || true)
update_reasons=$(reasons)

# Without a candidate is what no list of this system has.
unknown=()
for package in "${missing[@]}"; do
  policy=$(LC_ALL=C apt-cache policy "$package" 2>/dev/null || true)
  grep -q '^  Candidate: [^(]' <<<"$policy" || unknown+=("$package")
done
if ((${#unknown[@]} > 0)); then
  if ((unreachable > 0)); then
    fail "The package lists couldn't be fetched: no network?"$'\n'"$update_reasons"
  fi
  fail "This system ($system) has no package ${unknown[*]}; Debian 12 has them all."
fi

# Packages of kind slurm bring services, which systemd would start. Of no effect once this process has ended.
policy=/usr/sbin/policy-rc.d
if [[ " ${kinds[*]} " == *" slurm "* && -d /run/systemd/system && ! -e $policy ]]; then
  trap '"${as_root[@]}" rm -f "$policy"; rm -f "$log"' EXIT
  printf '#!/bin/sh\n# Put here by %s for as long as process %s installs packages.\n[ ! -d /proc/%s ] || exit 101\n' \
    "$here/install.sh" $$ $$ | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

if ! apt install --no-install-recommends "${missing[@]}" 2>&1 | tee "$log" >&2; then
  fail "apt-get install failed:"$'\n'"$(reasons)"
fi
mapfile -t missing < <(missing_of "${wanted[@]}")
if ((${#missing[@]} > 0)); then fail "apt-get reported success, but they are still not installed."; fi
say "All ${#wanted[@]} packages for ${kinds[*]} are there now."
