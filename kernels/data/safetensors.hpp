#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// What a safetensors file holds (https://github.com/huggingface/safetensors): named tensors, and strings
/// about them.
struct Safetensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;  ///< the header's `__metadata__`
};

/// F32, F64, BF16, I8, U8 and I32 as they are; F16 becomes f32, and I64 s32 where all its values fit. Every
/// byte of the file must belong to the header or to one tensor. Throws DataError naming the file, the tensor
/// and what is wrong with it. Reads one tensor at a time, so there is no second copy of the file in memory.
[[nodiscard]] Safetensors read_safetensors(const std::filesystem::path& file);
/// The same from a file's bytes; `name` is for messages.
[[nodiscard]] Safetensors parse_safetensors(std::span<const std::byte> bytes,
                                            const std::filesystem::path& name);

/// A file's bytes, those that the format's own library would write: tensors by falling size of their
/// elements, then by name, the header padded with spaces to a multiple of eight. Throws std::invalid_argument
/// for a name that is `__metadata__` or not UTF-8, and for a tensor without contents.
[[nodiscard]] std::vector<std::byte> safetensors_bytes(const Safetensors& content);
/// Writes them to a temporary file beside `file`, which is synced and then renamed: readers see the old file
/// or the whole new one. Throws DataError when that fails; nothing is left behind then.
void write_safetensors(const std::filesystem::path& file, const Safetensors& content);

}  // namespace reprise::nn
