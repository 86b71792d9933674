#pragma once

#include <concepts>
#include <optional>
#include <string>

#include "pipeline/base/key.hpp"
#include "pipeline/reflect/codec.hpp"
#include "pipeline/run/group.hpp"

namespace reprise {

/// What the run provides to a task; behind TaskContext so that tasks don't see it.
class TaskServices {
 public:
  TaskServices() = default;
  TaskServices(const TaskServices&) = delete;
  TaskServices& operator=(const TaskServices&) = delete;
  virtual ~TaskServices() = default;

  /// An earlier result's encoded output. Throws Error when it isn't there.
  virtual Bytes output(const Key& key) = 0;
  /// Whether a checkpoint should be taken now: enough time has passed, or the run is stopping.
  virtual bool checkpoint_due() = 0;
  virtual bool stopping() const = 0;
  virtual void save_checkpoint(const Key& key, const StructSchema& schema, ByteView state) = 0;
  virtual std::optional<Bytes> load_checkpoint(const Key& key, const StructSchema& schema) = 0;
  /// Whether it is time for a word on how far a long task is.
  virtual bool word_due() = 0;
  virtual void tell(const Key& key, std::string word) = 0;
};

/// A task's view of the run it is part of. A task is a pure function of its input, of the results it reads
/// and of the run's seed: nothing else here may influence what it returns.
class TaskContext {
 public:
  TaskContext(const Key& key, std::uint64_t seed, Group& group, TaskServices& services)
      : key_(key), seed_(seed), group_(group), services_(services) {}

  /// This task's key. It depends on the seed and on the input, so it seeds the task's own random numbers.
  const Key& key() const { return key_; }
  /// The run's seed, for random numbers that several tasks share (a data set that each regenerates).
  std::uint64_t seed() const { return seed_; }
  /// The ranks that run this task together: one unless the task asked for more.
  Group& group() { return group_; }

  template <Reflected Output>
  Output result(const Ref<Output>& ref) {
    return decode<Output>(services_.output(ref.key));
  }

  /// The state at the last checkpoint of this very task, if it was interrupted before. The same on all
  /// members.
  template <Reflected State>
  std::optional<State> restore() {
    Bytes packed{std::byte{0}};
    if (group_.rank() == 0) {
      if (const auto state = services_.load_checkpoint(key_, schema_of<State>())) {
        packed[0] = std::byte{1};
        append(packed, *state);
      }
    }
    if (group_.size() > 1) packed = group_.broadcast(packed);
    if (packed.at(0) == std::byte{0}) return std::nullopt;
    return decode<State>(ByteView(packed).subspan(1));
  }

  /// To be called where a long task could go on from, often (once an epoch, every so many steps): saves the
  /// state when it is time to. Throws Interrupted, after saving, when the run is stopping. All members of a
  /// group call it.
  template <Reflected State>
  void checkpoint(const State& state) {
    checkpoint([&]() -> const State& { return state; });
  }
  /// The same for a state that is only put together, by `make()`, when it is time to.
  template <class Make>
  requires std::invocable<const Make&>
  void checkpoint(const Make& make) {
    if (!checkpoint_due()) return;
    if (group_.rank() == 0) {
      using State = std::remove_cvref_t<decltype(make())>;
      services_.save_checkpoint(key_, schema_of<State>(), encode(make()));
    }
    if (agreed_stop_) throw Interrupted();
  }

  /// How far a long task is, in a few words ("epoch 3 of 16, loss 0.48"), for progress displays: `word()` is
  /// only called now and then.
  template <class Word>
  requires std::invocable<const Word&>
  void tell(const Word& word) {
    if (group_.rank() == 0 && services_.word_due()) services_.tell(key_, word());
  }

 private:
  bool checkpoint_due();

  Key key_;
  std::uint64_t seed_;
  Group& group_;
  TaskServices& services_;
  bool agreed_stop_ = false;
};

}  // namespace reprise
