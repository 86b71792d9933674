#include "kernels/data/safetensors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

#include "kernels/data/bytes.hpp"
#include "kernels/data/safetensors_header.hpp"

namespace reprise::nn {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "the format's numbers are little-endian");

/// Fills the span with the next bytes of a file.
using ReadNext = std::function<void(std::span<std::byte>)>;

/// IEEE 754 half precision, every value of which is a float.
float from_half(std::uint16_t half) {
  const auto sign = (half >> 15U) != 0 ? -1.0F : 1.0F;
  const auto exponent = static_cast<int>((half >> 10U) & 0x1fU);
  const auto fraction = static_cast<float>(half & 0x3ffU);
  if (exponent == 31)
    return std::bit_cast<float>((half & 0x8000U) << 16U | 0x7f800000U | (half & 0x3ffU) << 13U);
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(fraction + 1024.0F, exponent - 25);
}

/// Reads `count` elements stored as `From`, some at a time, and converts each.
template <class From, class To, class Convert>
void read_converted(const ReadNext& read_next, To* out, std::int64_t count, const Convert& convert) {
  std::vector<From> chunk(static_cast<std::size_t>(std::min<std::int64_t>(count, 1 << 16)));
  for (std::int64_t done = 0; done < count;) {
    const auto now = std::min(count - done, static_cast<std::int64_t>(chunk.size()));
    read_next(std::as_writable_bytes(std::span(chunk).first(static_cast<std::size_t>(now))));
    std::transform(chunk.begin(), chunk.begin() + now, out + done, convert);
    done += now;
  }
}

Tensor read_tensor(const StoredTensor& stored, const ReadNext& read_next, const fs::path& file) {
  Tensor tensor(stored.shape, stored.type);
  const auto count = tensor.elements();
  switch (stored.stored) {
    case StoredTensor::Elements::as_they_are:
      read_next({tensor.mutable_bytes(), static_cast<std::size_t>(stored.end - stored.begin)});
      break;
    case StoredTensor::Elements::f16:
      read_converted<std::uint16_t>(read_next, tensor.mutable_data<float>(), count, from_half);
      break;
    case StoredTensor::Elements::i64:
      read_converted<std::int64_t>(
          read_next, tensor.mutable_data<std::int32_t>(), count, [&](std::int64_t value) {
            using Limits = std::numeric_limits<std::int32_t>;
            if (value < Limits::min() || value > Limits::max())
              throw DataError(file, fmt::format("tensor '{}' has the I64 {}, which does not fit into 32 bits",
                                                stored.name, value));
            return static_cast<std::int32_t>(value);
          });
      break;
  }
  return tensor;
}

Safetensors read(const ReadNext& read_next, std::uint64_t file_bytes, const fs::path& file) {
  std::string front(static_cast<std::size_t>(std::min<std::uint64_t>(file_bytes, 8)), '\0');
  read_next(std::as_writable_bytes(std::span(front)));
  std::string json(safetensors_header_bytes(front, file_bytes, file), '\0');
  read_next(std::as_writable_bytes(std::span(json)));
  auto header = parse_safetensors_header(json, file_bytes - 8 - json.size(), file);
  Safetensors content;
  content.metadata = std::move(header.metadata);
  for (const auto& stored : header.tensors)
    content.tensors.emplace(stored.name, read_tensor(stored, read_next, file));
  return content;
}

/// Header and tensors in the order in which a file has them.
struct Pieces {
  std::string header;  ///< with its length in front
  std::vector<Tensor> tensors;
};

Pieces pieces_of(const Safetensors& content) {
  // Falling sizes of elements keep all of them aligned. Among equal sizes the order is that of the format's
  // own library: F64, F32, I32, BF16, I8, U8.
  const auto order = [](DataType type) {
    constexpr DataType kOrder[] = {DataType::f64,  DataType::f32, DataType::s32,
                                   DataType::bf16, DataType::s8,  DataType::u8};
    return std::find(std::begin(kOrder), std::end(kOrder), type) - std::begin(kOrder);
  };
  std::vector<std::pair<std::string, Tensor>> sorted(content.tensors.begin(), content.tensors.end());
  for (const auto& [name, tensor] : sorted)
    if (!tensor) throw std::invalid_argument(fmt::format("tensor '{}' has no contents", name));
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    return order(a.second.type()) < order(b.second.type());
  });
  SafetensorsHeader header;
  header.metadata = content.metadata;
  Pieces pieces;
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : sorted) {
    const auto bytes = static_cast<std::uint64_t>(tensor.elements()) * size_of(tensor.type());
    header.tensors.push_back({name, tensor.shape(), tensor.type(), {}, at, at + bytes});
    at += bytes;
    pieces.tensors.push_back(tensor);
  }
  const auto text = safetensors_header_text(header);
  const std::uint64_t length = text.size();
  pieces.header.assign(reinterpret_cast<const char*>(&length), 8);
  pieces.header += text;
  return pieces;
}

/// Calls `write` with the bytes of a file, piece by piece.
template <class Write>
void write_pieces(const Pieces& pieces, const Write& write) {
  write(std::as_bytes(std::span(pieces.header)));
  for (const auto& tensor : pieces.tensors) {
    const auto dense = tensor.to_contiguous();
    write(std::span(dense.bytes(), static_cast<std::size_t>(dense.elements()) * size_of(dense.type())));
  }
}

/// A new file that is removed again unless it is renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : target_(target), path_(target) {
    static std::atomic<unsigned> count{0};
    path_ += fmt::format(".{}-{}.tmp", ::getpid(), ++count);
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail();
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!renamed_) ::unlink(path_.c_str());
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  void rename() {
    if (::fsync(descriptor_) != 0) fail();
    if (::close(std::exchange(descriptor_, -1)) != 0) fail();
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail();
    renamed_ = true;
  }

 private:
  [[noreturn]] void fail() const {
    const auto reason = std::error_code(errno, std::generic_category()).message();
    throw DataError(target_, "cannot be written: " + reason);
  }

  fs::path target_;
  fs::path path_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

}  // namespace

Safetensors parse_safetensors(std::span<const std::byte> bytes, const fs::path& name) {
  auto rest = bytes;
  return read(
      [&](std::span<std::byte> out) {
        std::copy_n(rest.begin(), out.size(), out.begin());
        rest = rest.subspan(out.size());
      },
      bytes.size(), name);
}

Safetensors read_safetensors(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  if (!in || failed) throw DataError(file, "cannot be opened: no such file, or no permission to read it");
  return read(
      [&](std::span<std::byte> out) {
        in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
        if (!in)
          throw DataError(file, "cannot be read to its end: it was changed meanwhile, or the disk fails");
      },
      size, file);
}

std::vector<std::byte> safetensors_bytes(const Safetensors& content) {
  std::vector<std::byte> bytes;
  write_pieces(pieces_of(content), [&](std::span<const std::byte> piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  });
  return bytes;
}

void write_safetensors(const fs::path& file, const Safetensors& content) {
  const auto pieces = pieces_of(content);
  TemporaryFile temporary(file);
  write_pieces(pieces, [&](std::span<const std::byte> piece) { temporary.write(piece); });
  temporary.rename();
}

}  // namespace reprise::nn
