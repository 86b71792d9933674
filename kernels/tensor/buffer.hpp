#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace reprise::nn {

/// A block of memory that tensors share, counted by reference and aligned to 64 bytes. Freed blocks are kept
/// for the next buffer of about their size, so a loop that makes the same tensors again asks the system for
/// nothing after its first turn. Safe to share and to free on any thread; contents are the users' affair.
class Buffer {
 public:
  Buffer() = default;
  /// Its contents are undefined. Throws std::bad_alloc.
  explicit Buffer(std::size_t bytes);
  Buffer(const Buffer& other) noexcept;
  Buffer(Buffer&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
  Buffer& operator=(Buffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Buffer();

  explicit operator bool() const { return block_ != nullptr; }
  std::byte* data() const;
  std::size_t bytes() const;
  friend bool operator==(const Buffer&, const Buffer&) = default;

  /// Counts up whenever somebody asked to write: what was derived from the contents is out of date then.
  std::uint64_t version() const;
  void touch() const;

  /// Something derived from a buffer's contents (weights in the order that a kernel wants), which lives as
  /// long as the buffer. One place for each (owner, offset).
  struct Derived {
    virtual ~Derived() = default;
    std::uint64_t version = 0;  ///< of the contents that it was made from
  };
  /// nullptr until it has been set.
  std::shared_ptr<Derived> derived(std::uint64_t owner, std::size_t offset) const;
  void set_derived(std::uint64_t owner, std::size_t offset, std::shared_ptr<Derived> value) const;

 private:
  struct Block;
  Block* block_ = nullptr;
};

/// Memory of tensors in this process, in bytes.
struct MemoryUse {
  std::size_t in_use = 0;
  std::size_t peak = 0;         ///< the most that was in use since the start or reset_peak_memory()
  std::size_t held = 0;         ///< in use or kept for the next buffer
  std::uint64_t allocated = 0;  ///< how often the system was asked: constant in a steady loop
};
MemoryUse memory_use();
void reset_peak_memory();
/// Gives what is kept for later back to the system.
void release_kept_memory();

}  // namespace reprise::nn
