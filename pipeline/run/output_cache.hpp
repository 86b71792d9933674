#pragma once

#include <cstdint>
#include <deque>

#include "pipeline/base/bytes.hpp"
#include "pipeline/store/key_index.hpp"

namespace reprise {

/// Outputs in memory: all that are not published yet, and of the published ones the latest that fit.
class OutputCache {
 public:
  explicit OutputCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Adds an output that is not published. The view holds until it is; an output that is there already stays.
  ByteView add(const Key& key, Bytes output) {
    if (const auto number = numbers_.find(key)) return entry(*number).output;
    bytes_ += output.size();
    numbers_.insert(key, first_ + entries_.size());
    entries_.push_back({key, std::move(output)});
    return entries_.back().output;
  }

  /// The oldest `count` of those not published have been published: rows become durable in the order they
  /// were added.
  void mark_published(std::size_t count) {
    published_ += count;
    while (!entries_.empty() && first_ < published_ && bytes() > most_bytes_) {
      bytes_ -= entries_.front().output.size();
      numbers_.erase(entries_.front().key);
      entries_.pop_front();
      ++first_;
    }
  }

  bool contains(const Key& key) const { return numbers_.contains(key); }
  /// Null when it isn't there.
  const Bytes* find(const Key& key) const {
    const auto number = numbers_.find(key);
    return number ? &entry(*number).output : nullptr;
  }
  /// Of outputs and what keeping them costs.
  std::size_t bytes() const { return bytes_ + overhead * entries_.size(); }

 private:
  struct Entry {
    Key key;
    Bytes output;
  };
  static constexpr std::size_t overhead = 112;
  const Entry& entry(std::uint64_t number) const { return entries_[number - first_]; }

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::deque<Entry> entries_;    ///< in the order they were added
  std::uint64_t first_ = 0;      ///< number of the first entry, counted from the beginning of the run
  std::uint64_t published_ = 0;  ///< entries with lower numbers are published
  KeyTable<std::uint64_t, ~std::uint64_t{0}> numbers_;
};

}  // namespace reprise
