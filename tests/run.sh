#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests; ends in CTest's summary.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: tests/run.sh [options] [-- CTEST-OPTIONS...]

Installs missing packages, configures and builds a preset and runs its tests.

Options:
  --preset NAME   a preset of CMakePresets.json (default release)
  -R REGEX        only tests whose name matches, as ctest -R
  --sanitizers    first build asan-ubsan and tsan and run the unit and MPI tests under them
  -h, --help      this text

Examples:
  bash tests/run.sh
  bash tests/run.sh --preset debug -R 'pipeline\.Job'
  bash tests/run.sh -- --repeat until-fail:5 -L unit

Exit codes: 0 all passed, 2 wrong usage, otherwise something failed.
EOF
}

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=jobs/functions.sh
. "$tests/../jobs/functions.sh"

wrong() {
  say "run.sh: $1"
  usage >&2
  exit 2
}

preset=release
sanitizers=0
select=()
while (($# > 0)); do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --sanitizers) sanitizers=1 && shift ;;
    --preset | -R)
      if (($# < 2)) || [[ -z $2 ]]; then wrong "$1 needs a value"; fi
      if [[ $1 == -R ]]; then select+=(-R "$2"); else preset=$2; fi
      shift 2
      ;;
    --)
      shift
      select+=("$@")
      break
      ;;
    *) wrong "there is no option \"$1\"" ;;
  esac
done

# test_preset PRESET [CTEST-OPTIONS...]
test_preset() {
  local name=$1
  shift
  build_preset "$name"
  ctest --test-dir "$reprise_root/build/$name" --output-on-failure --no-tests=error --parallel "$(build_jobs)" \
    "${select[@]}" "$@"
}

bash "$reprise_root/jobs/install.sh" build run test
bash "$reprise_root/jobs/install.sh" slurm ||
  say "SLURM CAN'T BE INSTALLED HERE: THE TESTS OF RUNNING UNDER SLURM (slurm.*) WILL BE SKIPPED"
code=0
if ((sanitizers)); then
  for name in asan-ubsan tsan; do
    (test_preset "$name" -L '^(unit|mpi)$') || code=$?
  done
fi
(test_preset "$preset") || code=$?
exit "$code"
