#pragma once

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "pipeline/run/paper.hpp"
#include "pipeline/run/session.hpp"
#include "pipeline/store/store.hpp"

/// A paper of small tasks, registered once for all tests of pipeline/run.
namespace reprise::samples {

struct TinyInput {
  std::uint64_t i = 0;
  double milliseconds = 0;
  bool operator==(const TinyInput&) const = default;
};
constexpr auto fields(const TinyInput*) {
  return std::tuple{field("i", &TinyInput::i, "which one"),
                    field("milliseconds", &TinyInput::milliseconds, "how long it takes", "ms")};
}

struct TinyOutput {
  double value = 0;
  std::string text;
  bool operator==(const TinyOutput&) const = default;
};
constexpr auto fields(const TinyOutput*) {
  return std::tuple{field("value", &TinyOutput::value, "half of it"),
                    field("text", &TinyOutput::text, "in words")};
}

struct TinySum {
  Ref<TinyOutput> first;
  Ref<TinyOutput> second;
};
constexpr auto fields(const TinySum*) {
  return std::tuple{field("first", &TinySum::first, "one"), field("second", &TinySum::second, "another")};
}

/// What a task of tests may do, named by its input's number: see tiny_paper.cpp.
extern const Task<TinyInput, TinyOutput> kTiny;
extern const Task<TinySum, TinyOutput> kTinySum;

/// The registered kind of a task, and an encoded input of it.
const TaskKind& tiny_kind();
inline Bytes tiny_input(std::uint64_t i, double milliseconds = 0) {
  return encode(TinyInput{i, milliseconds});
}

/// Inputs of these numbers do something else than to halve them.
inline constexpr std::uint64_t throwing = 1'000'001;
inline constexpr std::uint64_t throwing_an_int = 1'000'002;
inline constexpr std::uint64_t segfaulting = 1'000'003;
inline constexpr std::uint64_t aborting = 1'000'004;
inline constexpr std::uint64_t leaving = 1'000'005;
inline constexpr std::uint64_t large_output = 1'000'006;

/// Writes a job of `tasks` tiny tasks, each summed with its neighbour, to a file.
std::filesystem::path write_tiny_job(const std::filesystem::path& folder, std::uint64_t tasks,
                                     double milliseconds, double publish_seconds);

/// The digest over all results of a run folder, by reading every segment.
std::string digest_of(const std::filesystem::path& run_folder);

}  // namespace reprise::samples
