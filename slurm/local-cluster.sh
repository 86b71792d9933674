#!/usr/bin/env bash
# A real Slurm of a few nodes on this one machine, for trying and testing.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: slurm/local-cluster.sh COMMAND [options]

A Slurm of its own on this machine: slurmctld, and a slurmd for each node; all nodes share the machine's cores.
It belongs to the user who starts it, listens on 127.0.0.1 alone and keeps everything in one folder. A Slurm or
munge of the system is not touched; if the programs are not there, jobs/install.sh installs them.

Commands:
  start [NODES]         starts NODES nodes (default 2) and waits until they are there
  stop [--purge]        ends all jobs and daemons of it; --purge removes its folder too
  status                shows what runs; exit code 1 unless all of it does
  env                   prints what makes sbatch, squeue, ... of a shell talk to it
  kill-node K           node K crashes: kills its slurmd and its jobs' processes
  kill-node K --slurmd  node K is cut off: kills its slurmd alone, so that jobs' processes go on unseen
  start-node K          node K comes back

Options:
  --dir DIR             the folder (default: $REPRISE_SLURM_DIR, else ~/.local/state/reprise-slurm);
                        clusters in different folders run side by side
  --cpus K              CPUs of each node, whatever the machine has (default 2)
  --set KEY=VALUE       at start: this in slurm.conf, in place of ours; can be repeated
  -h, --help            this text

Partitions: work (the default; preempted jobs are queued again), cancel (they are cancelled), and urgent, which
preempts both. Things happen in seconds: KillWait=10, GraceTime=5, SlurmdTimeout=10, and cred_expire=5, which
is how long a job waits that was queued again.

Examples:
  bash slurm/local-cluster.sh start
  eval "$(bash slurm/local-cluster.sh env)"
  sbatch -N 2 --ntasks-per-node 2 --wrap 'mpirun hostname'
  bash slurm/local-cluster.sh start 4 --dir /tmp/other --cpus 8 --set KillWait=30 --set cred_expire=20
  bash slurm/local-cluster.sh stop
EOF
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=jobs/functions.sh
. "$here/../jobs/functions.sh"
# shellcheck source=slurm/local-cluster-processes.sh
. "$here/local-cluster-processes.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

wrong() {
  say "local-cluster.sh: $1"
  usage >&2
  exit 2
}

# free_ports COUNT: that many ports of 127.0.0.1 on which nobody listens.
free_ports() {
  local port=$((20000 + RANDOM % 10000)) found=0
  while ((found < $1)); do
    if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      found=$((found + 1))
    fi
    port=$((port + 1))
  done
}

# The conf template filled in, and the nodes.
write_conf() {
  local host memory ports k
  host=$(uname -n)
  host=${host%%.*}
  memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
  mapfile -t ports < <(free_ports $((nodes + 1)))
  sed -e "s|@cluster@|$cluster|; s|@host@|$host|; s|@user@|$(id -un)|; s|@port@|${ports[0]}|; s|@dir@|$dir|" \
    "$here/local-cluster.conf" >"$conf"
  for ((k = 1; k <= nodes; ++k)); do
    echo "NodeName=node$k NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[k]}" \
      "Sockets=1 CoresPerSocket=$cpus ThreadsPerCore=1 RealMemory=$memory"
  done >>"$conf"
}

# change_conf KEY=VALUE...: in the first place where KEY is set, else in a line of its own.
change_conf() {
  local setting key
  for setting in "$@"; do
    key=${setting%%=*}
    if grep -qiE "\b$key=" "$conf"; then
      sed -i -E "0,/\b$key=/I s/\b$key=[^ ]*/${setting//[\/&\\]/\\&}/I" "$conf"
    else
      echo "$setting" >>"$conf"
    fi
  done
}

lock() {
  exec 9>"$dir/lock"
  flock -w 120 9 || die "another start or stop is at work in $dir for two minutes now"
}

# are_in STATES [-n NODE]: so slurmctld sees that node, or all.
are_in() {
  local states
  states=$(timeout 5 sinfo -h -N -p work -o %T "${@:2}" 2>/dev/null) || return 1
  [[ -n $states ]] && ! grep -qvxE "$1" <<<"$states"
}
up='idle|mixed|allocated|completing'

fail_to_start() {
  say "local-cluster.sh: $1. What the logs say last:"
  tail -n 5 "$dir"/log/*.out >&2
  stop
  die "nothing was left running; all logs are in $dir/log"
}

start() {
  local each alive=0 dead=() deadline=$((SECONDS + 60))
  for each in munged mungekey slurmctld slurmd sinfo scancel; do
    command -v "$each" >/dev/null || bash "$reprise_root/jobs/install.sh" slurm || exit
  done
  umask 077
  mkdir -p "$dir" || die "can't make the folder $dir; name another with --dir"
  [[ -O $dir ]] || die "$dir belongs to another user; name a folder of your own with --dir"
  [[ -e $dir/lock || -z $(ls -A "$dir") ]] || die "$dir has other things in it; name an empty folder with --dir"
  lock
  for each in $(daemons); do
    if pid_of "$each" >/dev/null; then alive=1; else dead+=("$each"); fi
  done
  if ((alive && ${#dead[@]} == 0)); then
    say "Already running in $dir, with $(daemons | grep -c node) nodes."
    return
  fi
  mkdir -p "$dir"/{munge,state,spool,log,pids}
  if ((!alive)); then
    write_conf
    change_conf "${settings[@]}"
    install -m 700 "$here/local-cluster-prolog.sh" "$dir/task-prolog"
    [[ -e $dir/munge/key ]] || mungekey -c -k "$dir/munge/key"
    rm -f "$dir"/log/*.out
    mapfile -t dead < <(daemons)
  fi
  for each in "${dead[@]}"; do
    launch "$each"
    until [[ $each != munged ]] || munge -n -S "$dir/munge/socket" >/dev/null 2>&1; do
      if ((SECONDS > deadline)) || ! pid_of munged >/dev/null; then fail_to_start "munged does not start"; fi
      sleep 0.1
    done
  done
  until are_in "$up"; do
    for each in "${dead[@]}"; do pid_of "$each" >/dev/null || fail_to_start "$each ended"; done
    if ((SECONDS > deadline)); then fail_to_start "not all nodes are idle after 60 seconds"; fi
    sleep 0.2
  done
  say "Running in $dir. In your shell: eval \"\$(bash $here/local-cluster.sh env --dir $dir)\""
}

stop() {
  local each
  end_jobs
  for each in $(daemons | grep node); do end "$each"; done
  end_jobs
  end slurmctld
  end munged
  rm -f "$dir"/pids/*
}

# kill_node NODE: slurmd first, so that it can't tell slurmctld of the others' end.
kill_node() {
  local pids
  mapfile -t pids < <(
    pid_of "$1" || true
    if [[ -z $slurmd_alone ]]; then processes_of_jobs "$1"; fi
  )
  ((${#pids[@]} > 0)) || die "$1 is not running"
  kill -KILL "${pids[@]}" 2>/dev/null || true
  say "$1: killed ${#pids[@]} processes; in about 20 seconds Slurm takes it for down"
}

# start_node NODE: gets no job before its slurmd has ended what jobs have left there; one that started in the
# same second would fail, its credential being revoked.
start_node() {
  local tries
  scontrol update NodeName="$1" State=DRAIN Reason=start-node
  launch "$1"
  for ((tries = 0; tries < 100; ++tries)); do
    if are_in 'drained|draining' -n "$1"; then break; fi
    sleep 0.2
  done
  sleep 2
  scontrol update NodeName="$1" State=RESUME
  for ((tries = 0; tries < 100; ++tries)); do
    if are_in "$up" -n "$1"; then return 0; fi
    sleep 0.2
  done
  return 1
}

status() {
  local each pid all=0
  for each in $(daemons); do
    pid=$(pid_of "$each") || all=1
    printf '%-10s %s\n' "$each" "${pid:+process }${pid:-not running}"
  done
  if pid_of slurmctld >/dev/null && pid_of munged >/dev/null; then
    timeout 10 sinfo || all=1
    timeout 10 squeue || all=1
  fi
  return "$all"
}

action='' number='' purge='' slurmd_alone='' cpus=2 settings=()
dir=${REPRISE_SLURM_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/reprise-slurm}
while (($# > 0)); do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --dir | --cpus | --set)
      if (($# < 2)) || [[ -z $2 ]]; then wrong "$1 needs a value"; fi
      case $1 in
        --dir) dir=$2 ;;
        --cpus) cpus=$2 ;;
        --set) settings+=("$2") ;;
      esac
      shift
      ;;
    --purge) purge=1 ;;
    --slurmd) slurmd_alone=1 ;;
    -*) wrong "there is no option \"$1\"" ;;
    *)
      [[ -z $number ]] || wrong "what is \"$1\"?"
      if [[ -z $action ]]; then action=$1; else number=$1; fi
      ;;
  esac
  shift
done
[[ $cpus =~ ^[1-9][0-9]{0,3}$ ]] || wrong "--cpus wants a number, not \"$cpus\""
[[ ${number:-1} =~ ^[1-9][0-9]?$ ]] || wrong "$action wants a number from 1 to 99, not \"$number\""
for setting in "${settings[@]}"; do
  [[ $setting =~ ^[A-Za-z_]+=.+$ ]] || wrong "--set wants KEY=VALUE, not \"$setting\""
done
dir=$(realpath -m -- "$dir")
[[ $dir =~ ^[A-Za-z0-9/._+@-]+$ ]] || die "Slurm can't have its files in \"$dir\"; name another folder with --dir"
((${#dir} <= 64)) || die "$dir is too long a path for sockets; name a folder of at most 64 characters with --dir"
conf=$dir/slurm.conf
export SLURM_CONF=$conf
cluster=reprise_$(cksum <<<"$(uname -n):$dir" | cut -d ' ' -f 1)
nodes=${number:-2}

case $action in
  start) start ;;
  stop)
    if [[ ! -e $dir/lock ]]; then say "There is no cluster in $dir." && exit 0; fi
    lock
    stop
    if [[ -n $purge ]]; then
      rm -rf "$dir"/{munge,state,spool,log,pids,task-prolog,slurm.conf,lock}
      rmdir "$dir" || die "what others have put into $dir was left there"
    fi
    say "Stopped what ran in $dir."
    ;;
  status) status ;;
  env)
    pid_of slurmctld >/dev/null || die "nothing runs in $dir; first: bash $here/local-cluster.sh start --dir $dir"
    printf 'export SLURM_CONF=%q\n' "$conf"
    ;;
  kill-node | start-node)
    pid_of slurmctld >/dev/null || die "nothing runs in $dir"
    [[ -n $number ]] || wrong "$action wants the number of a node"
    daemons | grep -qx "node$number" || die "there is no node$number"
    if [[ $action == kill-node ]]; then
      kill_node "node$number"
    elif pid_of "node$number" >/dev/null; then
      say "node$number is already running"
    else
      start_node "node$number" || die "node$number does not come back; its logs are in $dir/log"
    fi
    ;;
  '') wrong "which command?" ;;
  *) wrong "there is no command \"$action\"" ;;
esac
