#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pipeline/base/key.hpp"

namespace reprise {

/// Where a stored row is.
struct Location {
  std::uint32_t segment = 0;
  std::uint32_t row = 0;  ///< within the segment, over all its tables
  bool operator==(const Location&) const = default;
};

/// A hash table from keys to locations at 24 bytes a slot, open addressing with linear probing, at most 3/4 full:
/// 10^7 results cost 0.4 GB. Keys are hashes already, so their low word is the hash.
class KeyIndex {
 public:
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

  /// Returns false, and changes nothing, when the key is already there.
  bool insert(const Key& key, Location location) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow(2 * slots_.size());
    auto& slot = slots_[position(key)];
    if (slot.used()) return false;
    slot = {key.high, key.low, location};
    ++size_;
    return true;
  }

  std::optional<Location> find(const Key& key) const {
    if (slots_.empty()) return std::nullopt;
    const auto& slot = slots_[position(key)];
    return slot.used() ? std::optional(slot.location) : std::nullopt;
  }

  /// Makes room for `count` keys at once.
  void reserve(std::size_t count) {
    std::size_t slots = 16;
    while (4 * count > 3 * slots) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }

 private:
  static constexpr std::uint32_t unused = 0xffffffffU;
  struct Slot {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    Location location{unused, 0};
    bool used() const { return location.segment != unused; }
  };

  std::size_t position(const Key& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key.low & mask;
    while (slots_[at].used() && (slots_[at].low != key.low || slots_[at].high != key.high)) at = (at + 1) & mask;
    return at;
  }

  void grow(std::size_t slots) {
    std::vector<Slot> old(slots == 0 ? 16 : slots);
    old.swap(slots_);
    for (const auto& slot : old) {
      if (slot.used()) slots_[position({slot.high, slot.low})] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace reprise
