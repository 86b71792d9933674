# shellcheck shell=bash
# The processes of a local cluster: its daemons and what runs in its jobs. Nothing is found or killed by name alone:
# a daemon is the process whose pid was recorded, if it still has the cluster's folder in its arguments.
# Part of local-cluster.sh, which sets dir (the folder), conf (slurm.conf there) and cluster (ClusterName).
# shellcheck disable=SC2154

# The daemons' names: munged, slurmctld, node1, ...
daemons() {
  printf 'munged\nslurmctld\n'
  sed -n 's/^NodeName=\([^ ]*\).*/\1/p' "$conf" 2>/dev/null || true
}

# pid_of DAEMON: its pid, if that process is still the one that was started.
pid_of() {
  local pid words=() program=$1
  if [[ $1 == node* ]]; then program=slurmd; fi
  pid=$(cat "$dir/pids/$1" 2>/dev/null) || return 1
  { mapfile -d '' -t words <"/proc/$pid/cmdline"; } 2>/dev/null || return 1
  [[ ${words[0]:-} == "$program" && " ${words[*]} " == *"$dir/"* ]] || return 1
  if [[ $program == slurmd && ${words[-1]} != "$1" ]]; then return 1; fi
  echo "$pid"
}

# launch DAEMON: knows nothing of the caller's environment, terminal and files.
launch() {
  local command
  case $1 in
    munged)
      command=(munged --foreground --force --key-file="$dir/munge/key" --socket="$dir/munge/socket"
        --pid-file="$dir/munge/pid" --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed" --origin=127.0.0.1)
      ;;
    slurmctld) command=(slurmctld -D -f "$conf") ;;
    node*)
      mkdir -p "$dir/spool/$1"
      command=(slurmd -D -f "$conf" -N "$1")
      ;;
  esac
  env -i PATH="$PATH" HOME="$HOME" LC_ALL=C setsid "${command[@]}" >"$dir/log/$1.out" 2>&1 </dev/null 9>&- &
  echo $! >"$dir/pids/$1"
  until pid_of "$1" >/dev/null || ! kill -0 $! 2>/dev/null; do sleep 0.05; done  # it is still env or setsid
}

# end DAEMON: asks it to, and after ten seconds does not ask.
end() {
  local pid tries
  pid=$(pid_of "$1") || return 0
  kill -TERM "$pid" 2>/dev/null || true
  for ((tries = 0; tries < 150; ++tries)); do
    if ((tries == 100)); then kill -KILL "$pid" 2>/dev/null || true; fi
    pid_of "$1" >/dev/null || return 0
    sleep 0.1
  done
  die "$1 (process $pid) does not end"
}

# processes_of_jobs NODE: each slurmstepd, which has the node's log open, and all that runs under it, which has
# this cluster's name and the node's in its environment. NODE can be a pattern.
processes_of_jobs() {
  local process file words IFS=$'\n'
  for process in /proc/[0-9]*; do
    { mapfile -d '' -t words <"$process/cmdline"; } 2>/dev/null || continue
    if [[ ${words[0]:-} == *slurmstepd* ]]; then
      for file in "$process"/fd/*; do
        # shellcheck disable=SC2053  # a pattern
        if [[ $(readlink "$file" 2>/dev/null) == "$dir"/log/$1.log ]]; then echo "${process#/proc/}" && break; fi
      done
      continue
    fi
    { mapfile -d '' -t words <"$process/environ"; } 2>/dev/null || continue
    # shellcheck disable=SC2053
    if [[ $IFS${words[*]}$IFS == *"${IFS}SLURM_CLUSTER_NAME=$cluster$IFS"* &&
      $IFS${words[*]}$IFS == *${IFS}SLURMD_NODENAME=$1$IFS* ]]; then echo "${process#/proc/}"; fi
  done
}

# Kills what jobs have left, until nothing is left and the queue is empty.
end_jobs() {
  local tries left jobs
  for ((tries = 0; tries < 50; ++tries)); do
    jobs=()
    if pid_of slurmctld >/dev/null; then mapfile -t jobs < <(timeout 10 squeue -h -o %A 2>/dev/null | sort -u); fi
    if ((${#jobs[@]} > 0)); then timeout 10 scancel "${jobs[@]}" || true; fi
    mapfile -t left < <(processes_of_jobs 'node+([0-9])')
    if ((${#left[@]} > 0)); then kill -KILL "${left[@]}" 2>/dev/null || true; fi
    ((${#left[@]} + ${#jobs[@]} > 0)) || return 0
    sleep 0.1
  done
}
