#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "pipeline/base/key.hpp"

namespace reprise {

/// What a process works on, noted in a small memory-mapped file of the run folder. It survives the process,
/// so that whoever comes after knows which task took it down. Noting costs a few stores to memory.
class Hand {
 public:
  /// hands/e<epoch>-r<rank>
  Hand(const std::filesystem::path& run_folder, std::int64_t epoch, int rank);
  ~Hand();
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  void take(const Key& key) noexcept;
  void put_down() noexcept;
  /// The process was told to stop: being killed from now on is no fault of the task.
  void told_to_stop() noexcept;
  /// Notes the fatal signals (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) of this process here before it dies
  /// of them.
  void note_fatal_signals();

  struct Note;

 private:
  Note* note_ = nullptr;
};

/// What a process left in its hand file.
struct HandState {
  int rank = 0;
  std::int64_t pid = 0;
  std::optional<Key> key;  ///< in hand at the end
  int signal = 0;          ///< fatal signal, 0 when none was caught
  bool told_to_stop = false;
};

std::optional<HandState> read_hand(const std::filesystem::path& run_folder, std::int64_t epoch, int rank);
/// All hand files of epochs before `epoch`, with their paths; damaged ones are left out.
std::vector<std::pair<std::filesystem::path, HandState>> earlier_hands(
    const std::filesystem::path& run_folder, std::int64_t epoch);

}  // namespace reprise
