#pragma once

#include <map>
#include <optional>

#include "pipeline/run/context.hpp"

namespace reprise {

/// Services of a task that reads results and is never interrupted.
class StoredResults final : public TaskServices {
 public:
  Bytes output(const Key& key) override { return results_.at(key); }
  bool checkpoint_due() override { return false; }
  bool stopping() const override { return false; }
  void save_checkpoint(const Key&, const StructSchema&, ByteView) override {}
  std::optional<Bytes> load_checkpoint(const Key&, const StructSchema&) override { return std::nullopt; }
  bool word_due() override { return false; }
  void tell(const Key&, std::string) override {}

  template <class Output>
  Ref<Output> store(const Output& output) {
    auto bytes = encode(output);
    const Key key = hash_bytes(bytes);  // as in a run, other contents have other keys
    results_[key] = std::move(bytes);
    return {key};
  }

  template <class Input, class Output>
  Output run(Output (*task)(const Input&, TaskContext&), const Input& input) {
    SoleGroup group;
    TaskContext context(Key{1, 2}, 1, group, *this);
    return task(input, context);
  }

 private:
  std::map<Key, Bytes> results_;
};

}  // namespace reprise
