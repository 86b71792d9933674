#!/usr/bin/env bash
# Every source file is as clang-format would write it. Exits 77 (skipped) without clang-format or outside of a checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v clang-format >/dev/null; then
  echo "skipped: apt-get install clang-format"
  exit 77
fi
# Allows a checkout that another user owns.
list=$(git -c safe.directory="$PWD" ls-files -- '*.cpp' '*.hpp' 2>/dev/null) || {
  echo "skipped: not a git checkout"
  exit 77
}
mapfile -t files < <(while read -r file; do [[ -e $file ]] && echo "$file"; done <<<"$list")
printf '%s\n' "${files[@]}" | xargs -P 2 -n 40 clang-format --dry-run --Werror
echo "${#files[@]} files"
