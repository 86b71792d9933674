#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "pipeline/base/key.hpp"

namespace reprise::mptq_vit {

/// What tasks of one process make again and again from the same inputs, the last few kept: a pure function's
/// values, so that they change no result.
template <class Value>
class Recent {
 public:
  explicit Recent(std::size_t most) : most_(most) {}

  /// make() for this key, or what it returned before.
  template <class Make>
  std::shared_ptr<const Value> get(const Key& key, const Make& make) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(kept_, key, &std::pair<Key, std::shared_ptr<const Value>>::first);
    if (found != kept_.end()) {
      kept_.splice(kept_.begin(), kept_, found);
      return kept_.front().second;
    }
    kept_.emplace_front(key, std::make_shared<const Value>(make()));
    if (kept_.size() > most_) kept_.pop_back();
    return kept_.front().second;
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::list<std::pair<Key, std::shared_ptr<const Value>>> kept_;
};

/// Names a reflected value.
template <Reflected T>
Key key_of_value(const T& value) {
  return hash_bytes(encode(value));
}

}  // namespace reprise::mptq_vit
