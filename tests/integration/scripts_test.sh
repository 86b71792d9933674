#!/usr/bin/env bash
# The shell scripts in the situations a user meets: nothing to do, no apt, no network, no root, a failing job.
# The package manager, cmake, ctest and reprise are stand-ins; nothing outside of a temporary folder is touched.
# shellcheck disable=SC2016  # what stand-ins expand, they expand themselves
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/reprise-scripts.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"

failures=0
checks=0
output=
code=0

# A checkout of the scripts alone, that other users can read.
tree=$work/checkout
mkdir -p "$tree/jobs/smoke" "$tree/slurm" "$tree/tests" "$tree/.ci"
cp "$root"/jobs/*.sh "$root/jobs/packages.txt" "$tree/jobs/"
cp "$root"/slurm/*.sh "$tree/slurm/"
cp "$root/tests/run.sh" "$tree/tests/"
cp "$root/.ci/run" "$tree/.ci/"
printf 'build bash\nrun coreutils\ntest grep\n' >"$work/there.txt"
printf '# none\nbuild bash\nrun reprise-no-such-package\n' >"$work/lacking.txt"
chmod -R a+rX "$work"

# The commands that the scripts use, as links; each test takes some away or puts stand-ins first.
tools=$work/tools
mkdir "$tools"
for tool in awk basename bash cat chmod cp dirname dpkg-query env git grep head id ln ls mkdir mktemp nproc rm sed sort \
  tee touch true; do
  path=$(type -P "$tool") && ln -s "$path" "$tools/$tool"
done

# stand_in FOLDER COMMAND BODY
stand_in() {
  mkdir -p "$work/$1"
  printf '#!/usr/bin/env bash\n%s\n' "$3" >"$work/$1/$2"
  chmod 755 "$work/$1/$2"
}

# run PATH COMMAND...: keeps the exit code and all output.
run() {
  local path=$1
  shift
  code=0
  output=$(cd "$work" && env -i PATH="$path" HOME="$work" TMPDIR="${tmp:-$work}" REPRISE_PACKAGES="${packages:-}" \
    "$@" 2>&1 </dev/null) || code=$?
}

# expect CODE FRAGMENT...: of the last run.
expect() {
  local fragment wanted=$1
  shift
  checks=$((checks + 1))
  if [[ $code != "$wanted" ]]; then
    failures=$((failures + 1))
    printf 'FAILED %s: exit code %s, expected %s\n%s\n' "$name" "$code" "$wanted" "$output"
    return
  fi
  for fragment in "$@"; do
    if [[ $output != *"$fragment"* ]]; then
      failures=$((failures + 1))
      printf 'FAILED %s: lacks "%s"\n%s\n' "$name" "$fragment" "$output"
      return
    fi
  done
}

if type -P dpkg-query >/dev/null; then
  stand_in apt_untouched apt-get 'echo "apt-get was called"; exit 99'
  command='sudo apt-get update && sudo apt-get install --no-install-recommends reprise-no-such-package'
  packages=$work/there.txt
  name='nothing to install needs no apt'
  run "$work/apt_untouched:$tools" bash "$tree/jobs/install.sh"
  expect 0 'All 3 packages for build run test are there.'
  run "$tools" bash "$tree/jobs/install.sh" run
  expect 0 'All 1 packages for run are there.'

  packages=$work/lacking.txt
  name='a kind that lacks nothing'
  run "$tools" bash "$tree/jobs/install.sh" build
  expect 0 'All 1 packages for build'
  name='packages are not checked when told so'
  run "$tools" env REPRISE_SKIP_PACKAGES=1 bash "$tree/jobs/install.sh"
  expect 0 'packages are not checked'
  name='no apt'
  run "$tools" bash "$tree/jobs/install.sh"
  expect 1 '1 of 2 packages are missing: reprise-no-such-package' 'without apt-get' "$command"

  name='not root and no sudo'
  stand_in apt apt-get 'case "$*" in *update*) exit 0 ;; esac; echo "E: Unable to locate package"; exit 100'
  stand_in apt apt-cache 'exit 0'
  stand_in user id 'case $1 in -u) echo 1000 ;; -un) echo ada ;; esac'
  run "$work/user:$work/apt:$tools" bash "$tree/jobs/install.sh"
  expect 1 'You are ada, not root, and there is no sudo' "$command"
  if (($(id -u) == 0)) && id nobody >/dev/null 2>&1 && type -P runuser >/dev/null; then
    run "$work/apt:$tools" "$(type -P runuser)" -u nobody -- env PATH="$work/apt:$tools" bash "$tree/jobs/install.sh"
    expect 1 'You are nobody, not root' 'there is no sudo'
  fi
  name='sudo wants a password'
  stand_in sudo sudo 'exit 1'
  run "$work/sudo:$work/user:$work/apt:$tools" bash "$tree/jobs/install.sh"
  expect 1 "sudo wants a password that can't be asked for here" "$command"

  # From here on as root, or as if.
  stand_in rootly id 'case $1 in -u) echo 0 ;; -un) echo root ;; esac'
  name='a package that the system does not know'
  run "$work/rootly:$work/apt:$tools" bash "$tree/jobs/install.sh"
  expect 1 'has no package reprise-no-such-package; Debian 12 has them all'
  name='no network, of which apt-get update says nothing by its exit code'
  stand_in offline apt-get 'echo "Err:1 http://mirror.example/debian bookworm InRelease"; echo "W: Failed to fetch http://mirror.example/"; exit 0'
  run "$work/rootly:$work/offline:$work/apt:$tools" bash "$tree/jobs/install.sh"
  expect 1 'no network?' 'W: Failed to fetch http://mirror.example/' "$command"
  name='apt-get update fails'
  stand_in broken apt-get 'echo "E: List directory /var/lib/apt/lists/partial is missing. - Acquire (30: Read-only file system)"; exit 100'
  run "$work/rootly:$work/broken:$work/apt:$tools" bash "$tree/jobs/install.sh"
  expect 1 'apt-get update failed' 'Read-only file system' "$command"
  name='apt-get install fails'
  stand_in known apt-cache 'echo "  Candidate: 1.0"; for i in {1..5000}; do echo "     500 http://mirror.example/debian"; done'
  stand_in known apt-get 'case "$*" in *update*) exit 0 ;; esac; echo "E: You don'"'"'t have enough free space in /var/cache/apt/archives/."; exit 100'
  run "$work/rootly:$work/known:$tools" bash "$tree/jobs/install.sh"
  expect 1 'apt-get install failed' "  E: You don't have enough free space"
  name='apt-get says it installed and has not'
  stand_in liar apt-get 'exit 0'
  run "$work/rootly:$work/liar:$work/known:$tools" bash "$tree/jobs/install.sh"
  expect 1 'still not installed'
  name='apt-get installs'
  stand_in works dpkg-query 'for p in "${@:4}"; do if [[ $p == bash || -e installed ]]; then echo "ii  $p"; fi; done'
  stand_in works apt-get 'case "$*" in *install*) touch installed ;; esac; echo "$*" >>apt-calls'
  run "$work/rootly:$work/works:$work/known:$tools" bash "$tree/jobs/install.sh"
  expect 0 'All 2 packages for build run test are there now.'
  name='no place for temporary files'
  tmp=$work/none
  run "$work/rootly:$work/known:$tools" bash "$tree/jobs/install.sh"
  expect 1 'No temporary file can be made' "$command"
  tmp=
  name='a list of packages that is wrong'
  printf 'build a b\n' >"$work/wrong.txt"
  packages=$work/wrong.txt
  run "$tools" bash "$tree/jobs/install.sh"
  expect 1 "can't read \"build a b\""
fi

name='no dpkg'
mkdir "$work/no_dpkg" && cp -P "$tools"/* "$work/no_dpkg/" && rm -f "$work/no_dpkg/dpkg-query"
packages=$work/lacking.txt
run "$work/no_dpkg" bash "$tree/jobs/install.sh"
expect 1 'without dpkg' 'bash reprise-no-such-package' 'debian:12'
name='wrong arguments'
run "$tools" bash "$tree/jobs/install.sh" biuld
expect 2 '"biuld" is not one of build, run, test, slurm' 'Usage:'
run "$tools" bash "$tree/jobs/quickstart.sh" --rnus x
expect 2 'there is no option "--rnus"'
run "$tools" bash "$tree/jobs/quickstart.sh" -n
expect 2 '-n needs a value'
run "$tools" bash "$tree/jobs/quickstart.sh" -n 0
expect 2 '-n wants a number of ranks, not "0"'
run "$tools" bash "$tree/tests/run.sh" --quick
expect 2 'there is no option "--quick"'
run "$tools" bash "$tree/slurm/local-cluster.sh" start --cpus many
expect 2 '--cpus wants a number, not "many"'
run "$tools" bash "$tree/slurm/local-cluster.sh" start 0
expect 2 'start wants a number from 1 to 99, not "0"'
name='help'
for script in jobs/install.sh jobs/quickstart.sh slurm/local-cluster.sh tests/run.sh; do
  run "$tools" bash "$tree/$script" --help
  expect 0 'Usage:' 'Examples:'
done

# A build that makes a reprise which says what it was asked.
stand_in build cmake 'echo "cmake $*"
if [[ $1 == --build ]]; then
  mkdir -p "$2" && cat >"$2/reprise" <<"EOF"
#!/usr/bin/env bash
echo "reprise $*"
if [[ $1 == run ]]; then
  name=$(basename "$2" .toml)
  mkdir -p "$6/$name" && touch "$6/$name/job.toml"
  case $name in *fails*) exit 1 ;; *stops*) exit 75 ;; esac
fi
EOF
  chmod +x "$2/reprise"
fi'
stand_in build ctest 'echo "ctest $*"; echo "100% tests passed"'
mkdir -p "$tree/build/release"
packages=$work/there.txt
skip=(env REPRISE_SKIP_PACKAGES=1)

name='quickstart without jobs'
run "$work/build:$tools" "${skip[@]}" bash "$tree/jobs/quickstart.sh"
expect 1 'there is no job in'
name='quickstart from any folder'
touch "$tree/jobs/smoke/a.toml" "$tree/jobs/smoke/b.toml"
run "$work/build:$tools" "${skip[@]}" bash "$tree/jobs/quickstart.sh"
expect 0 'cmake --preset release' '--target reprise' '[2/2] jobs/smoke/b.toml' \
  "reprise run $tree/jobs/smoke/a.toml -n 2 --runs $tree/runs" \
  "reprise report $tree/runs/a $tree/runs/b -o $tree/report" "Report: $tree/report/index.html"
name='quickstart with options'
run "$work/build:$tools" "${skip[@]}" bash "$tree/jobs/quickstart.sh" -n 5 --runs "$work/my runs" --out "$work/my report"
expect 0 "a.toml -n 5 --runs $work/my runs" "-o $work/my report" "Report: $work/my report/index.html"
name='quickstart goes on after a job that fails'
touch "$tree/jobs/smoke/aa-fails.toml"
run "$work/build:$tools" "${skip[@]}" bash "$tree/jobs/quickstart.sh"
expect 1 'run '"$tree"'/jobs/smoke/b.toml' 'Failed: aa-fails.toml (exit code 1)' 'Report of what is there'
name='quickstart stops where it is interrupted'
touch "$tree/jobs/smoke/a-stops.toml"
run "$work/build:$tools" "${skip[@]}" bash "$tree/jobs/quickstart.sh"
expect 75 'interrupted; the same command goes on from there'
if [[ $output == *b.toml* || $output == *report* ]]; then
  failures=$((failures + 1))
  echo "FAILED $name: it went on"
fi

name='tests'
run "$work/build:$tools" "${skip[@]}" bash "$tree/tests/run.sh" --preset debug -R 'Job\..*' -- -L unit
expect 0 'cmake --preset debug' "--test-dir $tree/build/debug" '-R Job\..* -L unit' '100% tests passed'
name='tests under sanitizers'
run "$work/build:$tools" "${skip[@]}" bash "$tree/tests/run.sh" --sanitizers
expect 0 'build/asan-ubsan' 'build/tsan' 'build/release' '-L ^(unit|mpi)$'
name='continuous integration'
run "$work/build:$tools" "${skip[@]}" bash "$tree/.ci/run"
expect 0 "--test-dir $tree/build/release --output-on-failure --no-tests=error"
stand_in red ctest 'echo "50% tests passed"; exit 8'
run "$work/red:$work/build:$tools" "${skip[@]}" bash "$tree/.ci/run"
expect 8 '50% tests passed'

name='a build that fails'
stand_in nobuild cmake 'echo "CMake Error"; exit 1'
run "$work/nobuild:$work/build:$tools" "${skip[@]}" bash "$tree/jobs/quickstart.sh"
expect 1 "can't configure the build" "bash $tree/jobs/install.sh"
name='a checkout that was moved'
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/somewhere/else' >"$tree/build/release/CMakeCache.txt"
run "$work/build:$tools" "${skip[@]}" bash "$tree/tests/run.sh"
expect 0 'cmake --preset release --fresh'
name='a checkout that is not writable'
if (($(id -u) == 0)) && id nobody >/dev/null 2>&1 && type -P runuser >/dev/null; then
  chmod -R a+rX "$work"
  run "$work/build:$tools" "${skip[@]}" "$(type -P runuser)" -u nobody -- \
    env PATH="$work/build:$tools" bash "$tree/jobs/quickstart.sh"
  expect 1 "can't write to $tree/build/release" "git clone $tree reprise"
fi
name='compilers at a time'
run "$tools" bash -c ". '$tree/jobs/functions.sh'; build_jobs"
if ! [[ $output =~ ^[1-9][0-9]*$ ]]; then
  failures=$((failures + 1))
  echo "FAILED $name: $output"
fi

echo "$checks checks, $failures failed"
((failures == 0))
