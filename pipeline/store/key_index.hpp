#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pipeline/base/key.hpp"

namespace reprise {

/// A hash table from keys to small values: open addressing with linear probing, at most 3/4 full. Keys are
/// hashes already, so their low word is the hash. `nothing` is a value that marks a slot as free and can't be
/// stored.
template <class Value, Value nothing>
class KeyTable {
 public:
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

  /// Returns false, and changes nothing, when the key is already there.
  bool insert(const Key& key, Value value) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow(2 * slots_.size());
    auto& slot = slots_[position(key)];
    if (slot.used()) return false;
    slot = {key.high, key.low, value};
    ++size_;
    return true;
  }

  std::optional<Value> find(const Key& key) const {
    if (slots_.empty()) return std::nullopt;
    const auto& slot = slots_[position(key)];
    return slot.used() ? std::optional(slot.value) : std::nullopt;
  }

  bool contains(const Key& key) const { return find(key).has_value(); }

  /// Returns false when the key isn't there. What was pushed past the freed slot moves up, so that probes
  /// need no tombstones.
  bool erase(const Key& key) {
    if (slots_.empty()) return false;
    std::size_t hole = position(key);
    if (!slots_[hole].used()) return false;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = (hole + 1) & mask; slots_[at].used(); at = (at + 1) & mask) {
      const std::size_t home = slots_[at].low & mask;
      // It may move into the hole unless its home lies between the hole and itself.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = Slot{};
    --size_;
    return true;
  }

  /// Makes room for `count` keys at once.
  void reserve(std::size_t count) {
    const auto slots = slots_for(count);
    if (slots > slots_.size()) grow(slots);
  }
  /// What a table of so many keys holds.
  static std::size_t bytes_for(std::size_t count) { return slots_for(count) * sizeof(Slot); }

 private:
  struct Slot {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    Value value = nothing;
    bool used() const { return !(value == nothing); }
  };

  static std::size_t slots_for(std::size_t count) {
    std::size_t slots = 16;
    while (4 * count > 3 * slots) slots *= 2;
    return slots;
  }

  std::size_t position(const Key& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key.low & mask;
    while (slots_[at].used() && (slots_[at].low != key.low || slots_[at].high != key.high))
      at = (at + 1) & mask;
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

/// Where a stored row is.
struct Location {
  std::uint32_t segment = 0;
  std::uint32_t row = 0;  ///< within the segment, over all its tables
  bool operator==(const Location&) const = default;
};

/// Where every stored result is: 24 bytes a slot, so that 10^7 results cost 0.4 GB.
using KeyIndex = KeyTable<Location, Location{0xffffffffU, 0}>;

}  // namespace reprise
