#include "pipeline/run/hand.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise {

namespace fs = std::filesystem;

struct Hand::Note {
  char magic[8];
  std::int64_t pid;
  Key key;
  std::atomic<std::int32_t> holding;
  std::atomic<std::int32_t> signal;
  std::atomic<std::int32_t> told_to_stop;
};
static_assert(std::atomic<std::int32_t>::is_always_lock_free);

namespace {

constexpr char hand_magic[8] = {'r', 'e', 'p', 'h', 'a', 'n', 'd', '1'};
std::atomic<Hand::Note*> noted_in{nullptr};

void note_and_die(int signal) {
  if (auto* note = noted_in.load()) note->signal.store(signal);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

fs::path hand_file(const fs::path& run_folder, std::int64_t epoch, int rank) {
  return run_folder / "hands" / fmt::format("e{}-r{:04}", epoch, rank);
}

std::optional<HandState> parse(const fs::path& file) {
  Bytes bytes;
  try {
    bytes = read_front(file, sizeof(Hand::Note));
  } catch (const Error&) {
    return std::nullopt;
  }
  if (bytes.size() != sizeof(Hand::Note) || std::memcmp(bytes.data(), hand_magic, sizeof(hand_magic)) != 0) {
    return std::nullopt;
  }
  const auto* note = reinterpret_cast<const Hand::Note*>(bytes.data());
  HandState state;
  state.pid = note->pid;
  if (note->holding.load() != 0) state.key = note->key;
  state.signal = note->signal.load();
  state.told_to_stop = note->told_to_stop.load() != 0;
  return state;
}

}  // namespace

Hand::Hand(const fs::path& run_folder, std::int64_t epoch, int rank) {
  local_file_system().create_folders(run_folder / "hands");
  const auto file = hand_file(run_folder, epoch, rank);
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) throw Error(fmt::format("cannot create {}: {}", file.string(), std::strerror(errno)));
  // Blocks are allocated now: a later store into a hole of a full disk would be a SIGBUS.
  const int allocated = ::posix_fallocate(fd, 0, sizeof(Note));
  void* mapped =
      allocated == 0 ? ::mmap(nullptr, sizeof(Note), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  ::close(fd);
  if (mapped == MAP_FAILED) {
    throw Error(
        fmt::format("cannot map {}: {}", file.string(), std::strerror(allocated != 0 ? allocated : errno)));
  }
  note_ = static_cast<Note*>(mapped);
  std::memcpy(note_->magic, hand_magic, sizeof(hand_magic));
  note_->pid = ::getpid();
}

Hand::~Hand() {
  if (noted_in.load() == note_) noted_in.store(nullptr);
  ::munmap(note_, sizeof(Note));
}

void Hand::take(const Key& key) noexcept {
  note_->key = key;
  note_->holding.store(1, std::memory_order_release);
}

void Hand::put_down() noexcept {
  note_->holding.store(0, std::memory_order_release);
}
void Hand::told_to_stop() noexcept {
  note_->told_to_stop.store(1);
}

void Hand::note_fatal_signals() {
  noted_in.store(note_);
  struct sigaction action {};
  action.sa_handler = note_and_die;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_NODEFER);
  // A stack overflow leaves no room on the stack for its own handler.
  static char handler_stack[1U << 16U];
  stack_t stack{};
  stack.ss_sp = handler_stack;
  stack.ss_size = sizeof(handler_stack);
  ::sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigaction(signal, &action, nullptr);
}

std::optional<HandState> read_hand(const fs::path& run_folder, std::int64_t epoch, int rank) {
  auto state = parse(hand_file(run_folder, epoch, rank));
  if (state) state->rank = rank;
  return state;
}

std::vector<std::pair<fs::path, HandState>> earlier_hands(const fs::path& run_folder, std::int64_t epoch) {
  std::vector<std::pair<fs::path, HandState>> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder / "hands", error)) {
    long long of_epoch = 0;
    int rank = 0;
    if (std::sscanf(entry.path().filename().c_str(), "e%lld-r%d", &of_epoch, &rank) != 2 || of_epoch >= epoch)
      continue;
    auto state = parse(entry.path());
    if (!state) continue;
    state->rank = rank;
    found.emplace_back(entry.path(), *state);
  }
  return found;
}

}  // namespace reprise
