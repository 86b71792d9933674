#include "pipeline/run/executor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <ctime>

namespace reprise {
namespace {

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// A child's word to its parent: status, output or message, and times.
Bytes pack(const Outcome& outcome) {
  Bytes bytes;
  append_value(bytes, outcome.status);
  append_value(bytes, outcome.cpu_seconds);
  append(bytes, outcome.status == OutcomeStatus::done ? ByteView(outcome.output) : bytes_of(outcome.message));
  return bytes;
}

void unpack(ByteView bytes, Outcome& outcome) {
  ByteReader in(bytes);
  outcome.status = in.value<OutcomeStatus>();
  outcome.cpu_seconds = in.value<float>();
  if (outcome.status == OutcomeStatus::done) {
    outcome.output.assign(in.rest().begin(), in.rest().end());
  } else {
    outcome.message = text_of(in.rest());
  }
}

[[noreturn]] void tell_and_leave(int pipe, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(pipe, bytes.data(), bytes.size());
    if (written <= 0) ::_exit(1);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  ::_exit(0);
}

}  // namespace

std::string name_signal(int signal) {
  return fmt::format("signal {} ({})", signal, ::strsignal(signal));
}

Executor::Executor(std::uint64_t seed, Checkpoints checkpoints, double checkpoint_seconds, Hand& hand,
                   Fetch fetch, Stopping stopping, Tell tell)
    : seed_(seed),
      checkpoints_(std::move(checkpoints)),
      interval_(checkpoint_seconds),
      hand_(hand),
      fetch_(std::move(fetch)),
      stopping_(std::move(stopping)),
      tell_(std::move(tell)) {}

Outcome Executor::execute(const Assignment& assignment, Group& group) {
  const auto started = Clock::now();
  auto outcome = assignment.isolate && group.size() == 1 ? run_in_child(assignment) : run(assignment, group);
  outcome.wall_seconds = std::chrono::duration<float>(Clock::now() - started).count();
  return outcome;
}

Outcome Executor::run(const Assignment& assignment, Group& group) {
  Outcome outcome{assignment.key};
  const double cpu_before = thread_cpu_seconds();
  last_checkpoint_ = last_word_ = Clock::now();
  hand_.take(assignment.key);
  try {
    TaskContext context(assignment.key, seed_, group, *this);
    outcome.output = assignment.kind->run(assignment.input, context);
  } catch (const Interrupted&) {
    outcome.status = OutcomeStatus::interrupted;
  } catch (const GroupBroken&) {
    outcome.status = OutcomeStatus::aborted;
  } catch (const std::exception& error) {
    outcome.status = OutcomeStatus::failed;
    outcome.message = error.what();
  } catch (...) {
    outcome.status = OutcomeStatus::failed;
    outcome.message = "threw something that is not a std::exception";
  }
  hand_.put_down();
  outcome.cpu_seconds = static_cast<float>(thread_cpu_seconds() - cpu_before);
  return outcome;
}

/// A task that took a process down before gets one of its own, so that it can't take another rank with it.
/// The child runs on this thread's copy alone: it uses neither MPI nor the parent's other threads, and leaves
/// by _exit.
Outcome Executor::run_in_child(const Assignment& assignment) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw Error(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::signal(signal, SIG_DFL);
    stopping_ = [] { return false; };  // the parent hears of it, and kills
    tell_ = nullptr;
    SoleGroup sole;
    tell_and_leave(pipe[1], pack(run(assignment, sole)));
  }
  ::close(pipe[1]);
  Bytes told;
  bool killed = false;
  for (std::array<std::byte, 4096> buffer{};;) {
    pollfd readable{pipe[0], POLLIN, 0};
    if (!killed && stopping_()) {
      ::kill(child, SIGKILL);
      killed = true;
    }
    if (::poll(&readable, 1, 50) <= 0) continue;
    const auto got = ::read(pipe[0], buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    append(told, ByteView(buffer).first(static_cast<std::size_t>(got)));
  }
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  hand_.put_down();  // the child shared the note, and may have died holding it
  Outcome outcome{assignment.key};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    unpack(told, outcome);
  } else if (killed) {
    outcome.status = OutcomeStatus::interrupted;
  } else {
    outcome.status = OutcomeStatus::crashed;
    outcome.message = WIFSIGNALED(status)
                          ? "its process was killed by " + name_signal(WTERMSIG(status))
                          : fmt::format("its process left with exit code {}", WEXITSTATUS(status));
  }
  return outcome;
}

bool Executor::checkpoint_due() {
  return Clock::now() - last_checkpoint_ >= interval_;
}

void Executor::save_checkpoint(const Key& key, const StructSchema& schema, ByteView state) {
  checkpoints_.save(key, schema, state);
  last_checkpoint_ = Clock::now();
}

bool Executor::word_due() {
  constexpr std::chrono::seconds between{2};
  return tell_ && Clock::now() - last_word_ >= between;
}

void Executor::tell(const Key& key, std::string word) {
  tell_(key, std::move(word));
  last_word_ = Clock::now();
}

std::optional<Bytes> Executor::load_checkpoint(const Key& key, const StructSchema& schema) {
  return checkpoints_.load(key, schema);
}

}  // namespace reprise
