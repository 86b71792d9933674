#!/usr/bin/env bash
# From a fresh clone to a report: packages, build, all papers at smoke scale, report.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: jobs/quickstart.sh [options]

Installs the packages, builds reprise, runs every job of jobs/smoke/ and writes a report. Interrupted or run
again, it does only what is left.

Options:
  -n RANKS      MPI ranks of each run (default 2)
  --runs DIR    where runs are kept (default: runs/ in the checkout)
  --out DIR     where the report goes (default: report/ in the checkout)
  -h, --help    this text

Examples:
  bash jobs/quickstart.sh
  bash jobs/quickstart.sh -n 16 --runs /scratch/me/runs --out ~/report

Exit codes: 0 done, 1 something failed, 2 wrong usage, 75 interrupted: the same command goes on from there.
EOF
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=jobs/functions.sh
. "$here/functions.sh"

wrong() {
  say "quickstart.sh: $1"
  usage >&2
  exit 2
}

ranks=2
runs=$reprise_root/runs
out=$reprise_root/report
while (($# > 0)); do
  case $1 in
    -h | --help) usage && exit 0 ;;
    -n | --runs | --out)
      if (($# < 2)) || [[ -z $2 ]]; then wrong "$1 needs a value"; fi
      case $1 in
        -n) ranks=$2 ;;
        --runs) runs=$2 ;;
        --out) out=$2 ;;
      esac
      shift 2
      ;;
    *) wrong "there is no option \"$1\"" ;;
  esac
done
[[ $ranks =~ ^[1-9][0-9]{0,5}$ ]] || wrong "-n wants a number of ranks, not \"$ranks\""

shopt -s nullglob
jobs=("$here"/smoke/*.toml)
if ((${#jobs[@]} == 0)); then die "there is no job in $here/smoke"; fi

bash "$here/install.sh" build run
build_preset release reprise
reprise=$reprise_root/build/release/reprise
[[ -x $reprise ]] || die "the build left no program at $reprise"
mkdir -p "$runs" || die "can't make the folder $runs; name another with --runs"

failed=()
number=0
for job in "${jobs[@]}"; do
  number=$((number + 1))
  say ""
  say "[$number/${#jobs[@]}] ${job#"$reprise_root"/}"
  code=0
  "$reprise" run "$job" -n "$ranks" --runs "$runs" || code=$?
  case $code in
    0) ;;
    75 | 130 | 143)
      say "quickstart.sh: interrupted; the same command goes on from there"
      exit 75
      ;;
    *) failed+=("$(basename "$job") (exit code $code)") ;;
  esac
done

folders=()
for folder in "$runs"/*/; do
  if [[ -e ${folder}job.toml ]]; then folders+=("${folder%/}"); fi
done
if ((${#folders[@]} == 0)); then die "no job left a run in $runs; what went wrong is above"; fi
say ""
"$reprise" report "${folders[@]}" -o "$out"

if ((${#failed[@]} > 0)); then
  say "Failed: ${failed[*]}"
  say "Report of what is there: $out/index.html"
  exit 1
fi
say "Report: $out/index.html"
