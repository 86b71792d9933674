#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kernels/tensor/tensor.hpp"
#include "pipeline/store/tensors.hpp"

// Where tensors of the kernels meet the files of the pipeline, which do not know each other.

namespace reprise {

/// The types have the same names and order on both sides.
inline TensorType stored_type(nn::DataType type) {
  static_assert(static_cast<int>(nn::DataType::s32) == static_cast<int>(TensorType::s32) &&
                static_cast<int>(nn::DataType::bf16) == static_cast<int>(TensorType::bf16));
  return static_cast<TensorType>(type);
}

/// As publish_tensors.
inline void save_tensors(FileSystem& files, const std::filesystem::path& target,
                         const std::map<std::string, nn::Tensor>& tensors) {
  std::vector<nn::Tensor> dense;  // keeps copies of views alive
  std::vector<TensorView> views;
  for (const auto& [name, tensor] : tensors) {
    const auto& kept = dense.emplace_back(tensor.to_contiguous());
    TensorInfo info{name, stored_type(kept.type()), {}};
    for (const auto size : kept.shape()) info.shape.push_back(static_cast<std::uint64_t>(size));
    const auto bytes = info.bytes();
    views.push_back({std::move(info), ByteView(kept.bytes(), bytes)});
  }
  publish_tensors(files, target, views);
}

/// As TensorFile::open_verified; std::invalid_argument for more than six axes.
inline std::map<std::string, nn::Tensor> load_tensors(const std::filesystem::path& file) {
  const auto opened = TensorFile::open_verified(file);
  std::map<std::string, nn::Tensor> tensors;
  for (const auto& info : opened.tensors()) {
    nn::Shape shape;
    for (const auto size : info.shape) shape.append(static_cast<std::int64_t>(size));
    nn::Tensor tensor(shape, static_cast<nn::DataType>(info.type));
    opened.read(info, {tensor.mutable_bytes(), info.bytes()});
    tensors.emplace(info.name, std::move(tensor));
  }
  return tensors;
}

}  // namespace reprise
