#include "kernels/tensor/buffer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#endif

namespace reprise::nn {
namespace {

constexpr std::size_t kAlignment = 64;

/// Sizes grow by quarters of a power of two: at most a quarter of a block is unused.
struct SizeClass {
  std::size_t index;
  std::size_t bytes;
};

SizeClass size_class(std::size_t bytes) {
  constexpr std::size_t least = 256;
  const std::size_t wanted = std::max(bytes, least) - 1;
  const auto power = static_cast<std::size_t>(std::bit_width(wanted)) - 1;  // 2^power <= wanted
  const std::size_t quarter = (std::size_t{1} << power) / 4;
  const std::size_t quarters = wanted / quarter + 1;  // 5 .. 8
  return {power * 4 + quarters - 5, quarters * quarter};
}

}  // namespace

struct alignas(kAlignment) Buffer::Block {
  std::atomic<std::uint32_t> users{1};
  std::size_t bytes = 0;
  SizeClass kept_as{};
  std::atomic<std::uint64_t> version{1};
  std::mutex mutex;  ///< guards `derived`
  std::unique_ptr<std::map<std::pair<std::uint64_t, std::size_t>, std::shared_ptr<Derived>>> derived;
};

namespace {

/// Free blocks by size class. Never destroyed: tensors in static storage may outlive anything.
class Pool {
 public:
  static Pool& instance() {
    static auto* const pool = new Pool;
    return *pool;
  }

  void* take(SizeClass size) {
    {
      const std::lock_guard lock(mutex_);
      use_.in_use += size.bytes;
      use_.peak = std::max(use_.peak, use_.in_use);
      auto& kept = kept_[size.index];
      if (!kept.empty()) {
        void* const memory = kept.back();
        kept.pop_back();
        ASAN_UNPOISON_MEMORY_REGION(memory, size.bytes);
        return memory;
      }
      use_.held += size.bytes;
      ++use_.allocated;
    }
    try {
      return ::operator new(size.bytes, std::align_val_t(kAlignment));
    } catch (...) {
      const std::lock_guard lock(mutex_);
      use_.in_use -= size.bytes;
      use_.held -= size.bytes;
      throw;
    }
  }

  void give(void* memory, SizeClass size) noexcept {
    const std::lock_guard lock(mutex_);
    use_.in_use -= size.bytes;
    try {
      kept_[size.index].push_back(memory);
      ASAN_POISON_MEMORY_REGION(memory, size.bytes);
    } catch (...) {
      use_.held -= size.bytes;
      ::operator delete(memory, std::align_val_t(kAlignment));
    }
  }

  void release() {
    const std::lock_guard lock(mutex_);
    for (std::size_t index = 0; index < kept_.size(); ++index) {
      for (void* const memory : kept_[index]) {
        ASAN_UNPOISON_MEMORY_REGION(memory, 1);
        ::operator delete(memory, std::align_val_t(kAlignment));
      }
      kept_[index].clear();
    }
    use_.held = use_.in_use;
  }

  MemoryUse use() {
    const std::lock_guard lock(mutex_);
    return use_;
  }
  void reset_peak() {
    const std::lock_guard lock(mutex_);
    use_.peak = use_.in_use;
  }

 private:
  std::mutex mutex_;
  std::array<std::vector<void*>, 256> kept_;
  MemoryUse use_;
};

}  // namespace

Buffer::Buffer(std::size_t bytes) {
  static_assert(sizeof(Block) % kAlignment == 0);
  if (bytes > (std::size_t{1} << 48U)) throw std::bad_alloc();
  const auto size = size_class(bytes + sizeof(Block));
  block_ = new (Pool::instance().take(size)) Block;
  block_->bytes = bytes;
  block_->kept_as = size;
}

Buffer::Buffer(const Buffer& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->users.fetch_add(1, std::memory_order_relaxed);
}

Buffer::~Buffer() {
  if (block_ == nullptr || block_->users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const auto size = block_->kept_as;
  block_->~Block();
  Pool::instance().give(block_, size);
}

std::byte* Buffer::data() const {
  return block_ == nullptr ? nullptr : reinterpret_cast<std::byte*>(block_ + 1);
}

std::size_t Buffer::bytes() const {
  return block_ == nullptr ? 0 : block_->bytes;
}

std::uint64_t Buffer::version() const {
  return block_->version.load(std::memory_order_acquire);
}

void Buffer::touch() const {
  block_->version.fetch_add(1, std::memory_order_acq_rel);
}

std::shared_ptr<Buffer::Derived> Buffer::derived(std::uint64_t owner, std::size_t offset) const {
  const std::lock_guard lock(block_->mutex);
  if (block_->derived == nullptr) return nullptr;
  const auto found = block_->derived->find({owner, offset});
  return found == block_->derived->end() ? nullptr : found->second;
}

void Buffer::set_derived(std::uint64_t owner, std::size_t offset, std::shared_ptr<Derived> value) const {
  const std::lock_guard lock(block_->mutex);
  if (block_->derived == nullptr)
    block_->derived =
        std::make_unique<std::map<std::pair<std::uint64_t, std::size_t>, std::shared_ptr<Derived>>>();
  (*block_->derived)[{owner, offset}] = std::move(value);
}

MemoryUse memory_use() {
  return Pool::instance().use();
}

void reset_peak_memory() {
  Pool::instance().reset_peak();
}

void release_kept_memory() {
  Pool::instance().release();
}

}  // namespace reprise::nn
