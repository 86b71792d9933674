#pragma once

#include <dnnl.hpp>
#include <initializer_list>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kernels/tensor/tensor.hpp"

/// What all of the oneDNN layer shares. Only files of this folder include it: oneDNN's types stay here.
namespace reprise::nn::onednn {

const dnnl::engine& engine();

dnnl::memory::dims dims(const Shape& shape);
dnnl::memory::data_type data_type(DataType type);
/// Shape, strides and type of a tensor.
dnnl::memory::desc describe(const Tensor& tensor);
dnnl::memory::desc describe_row_major(const Shape& shape, DataType type);
/// Of this shape, in whatever order the primitive likes best.
dnnl::memory::desc describe_any(const Shape& shape, DataType type);

/// What a primitive is chosen by: its kind, numbers that parametrise it, the tensors it works on.
class Signature {
 public:
  explicit Signature(const char* kind);
  Signature& add(std::int64_t number) {
    numbers_.push_back(number);
    return *this;
  }
  Signature& add(const Shape& shape);
  Signature& add(const Tensor& tensor);
  friend bool operator==(const Signature&, const Signature&) = default;
  [[nodiscard]] std::size_t hash() const;

 private:
  std::vector<std::int64_t> numbers_;
};

/// A primitive with the memory objects of its arguments; only their addresses change from call to call.
class Primitive {
 public:
  struct Argument {
    int index;  ///< DNNL_ARG_...
    dnnl::memory::desc description;
  };
  Primitive(dnnl::primitive primitive, std::initializer_list<Argument> arguments);
  /// With the arguments' addresses, in the constructor's order.
  void run(std::initializer_list<const void*> addresses);

 private:
  dnnl::primitive primitive_;
  std::vector<dnnl::memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

/// What `make` returned for this signature on this thread; asked for once. A thread keeps some thousands.
template <class Kept, class Make>
Kept& cached(Signature signature, const Make& make) {
  struct Hash {
    std::size_t operator()(const Signature& key) const { return key.hash(); }
  };
  constexpr std::size_t most = 4096;
  thread_local std::unordered_map<Signature, std::unique_ptr<Kept>, Hash> kept;
  const auto found = kept.find(signature);
  if (found != kept.end()) return *found->second;
  if (kept.size() >= most) kept.clear();
  return *kept.emplace(std::move(signature), make()).first->second;
}

/// A tensor in the order that a primitive wants it: from and to where its elements lie.
class Packing {
 public:
  Packing(const dnnl::memory::desc& plain, const dnnl::memory::desc& packed);
  /// Where the packed form of `tensor` is. `keep` holds it as long as it is needed.
  const void* pack(const Tensor& tensor, Tensor& keep);
  /// The same for weights: packed anew only when somebody wrote to them since.
  const void* pack_once(const Tensor& weights, Tensor& keep);
  /// Room for a packed result, or `tensor` itself where nothing is to be packed.
  void* room(Tensor& tensor, Tensor& keep);
  void unpack(const Tensor& room, Tensor& tensor);

 private:
  [[nodiscard]] Tensor new_room() const;
  bool plain_;
  std::uint64_t id_;
  std::size_t bytes_;
  std::unique_ptr<Primitive> pack_;
  std::unique_ptr<Primitive> unpack_;
};

}  // namespace reprise::nn::onednn
