#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/run/binding.hpp"
#include "pipeline/run/executor.hpp"
#include "pipeline/run/liveness.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {

/// Worker: I am here, and this is where I run.
struct Hello {
  Seat seat;
  std::string cpu;
  std::string isa;  ///< the best this host has
};

/// Coordinator: this is the run.
struct Start {
  std::string run_folder;
  std::int64_t epoch = 0;
  std::uint64_t seed = 0;
  std::string isa;
  double checkpoint_seconds = 60;
  LivenessHub::Address liveness;
  Share share;
};

/// An earlier result that granted tasks read: its bytes where they are small and at hand, else where they are
/// stored.
struct Dependency {
  Key key;
  bool stored = false;
  Bytes output;
  RowAddress address;
};

/// Coordinator: run these, in this order. With a group id, one task for all its members together.
struct Grant {
  struct Item {
    std::uint32_t kind = 0;  ///< index into the registered kinds, the same in all ranks of one program
    Key key;
    Bytes input;
    bool isolate = false;
  };
  std::vector<Item> items;
  std::vector<Dependency> dependencies;
  std::uint32_t group = 0;  ///< 0: none
  std::vector<std::int32_t> members;
};

/// A segment that a worker published itself, because its rows are too large to pass on.
struct PublishedSegment {
  std::string name;
  std::vector<Key> keys;  ///< in row order
  std::vector<float> wall_seconds;
  std::vector<float> cpu_seconds;
};

/// Worker: this is what became of what I was granted.
struct WorkerReport {
  std::vector<Outcome> outcomes;
  std::vector<PublishedSegment> published;
  std::vector<Key> returned;      ///< granted and not begun: the run stops
  std::uint32_t group_ended = 0;  ///< this member is done with that group's task
};

/// Worker: how far a long task is.
struct Word {
  Key key;
  std::string text;
};

struct Stop {};  ///< coordinator: begin nothing more, save and stop
struct Quit {
  bool finalize = true;
};  ///< coordinator: end; finalize says whether all ranks live
struct AbortGroup {
  std::uint32_t group = 0;
};  ///< coordinator: a member is gone

using Wire = std::variant<Hello, Start, Grant, WorkerReport, Stop, Quit, AbortGroup, Word>;

Bytes to_wire(const Wire& message);
/// Throws DamagedFile for bytes that are no message.
Wire from_wire(ByteView bytes);

}  // namespace reprise
