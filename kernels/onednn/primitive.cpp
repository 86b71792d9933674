#include "kernels/onednn/primitive.hpp"

#include <atomic>
#include <stdexcept>

#include "kernels/expects.hpp"

namespace reprise::nn::onednn {
namespace {

const dnnl::stream& stream() {
  static const dnnl::stream only(engine());
  return only;
}

struct PackedWeights : Buffer::Derived {
  Tensor room;
};

}  // namespace

const dnnl::engine& engine() {
  static const dnnl::engine only(dnnl::engine::kind::cpu, 0);
  return only;
}

dnnl::memory::dims dims(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

dnnl::memory::data_type data_type(DataType type) {
  switch (type) {
    case DataType::f32:
      return dnnl::memory::data_type::f32;
    case DataType::bf16:
      return dnnl::memory::data_type::bf16;
    case DataType::s8:
      return dnnl::memory::data_type::s8;
    case DataType::u8:
      return dnnl::memory::data_type::u8;
    case DataType::s32:
      return dnnl::memory::data_type::s32;
    case DataType::f64:
      break;
  }
  throw std::invalid_argument("oneDNN doesn't compute in f64");
}

dnnl::memory::desc describe(const Tensor& tensor) {
  return {dims(tensor.shape()), data_type(tensor.type()), dims(tensor.strides())};
}

dnnl::memory::desc describe_row_major(const Shape& shape, DataType type) {
  return {dims(shape), data_type(type), dims(row_major(shape))};
}

dnnl::memory::desc describe_any(const Shape& shape, DataType type) {
  return {dims(shape), data_type(type), dnnl::memory::format_tag::any};
}

Signature::Signature(const char* kind) {
  numbers_.reserve(48);
  for (; *kind != '\0'; ++kind) numbers_.push_back(*kind);
}

Signature& Signature::add(const Shape& shape) {
  add(shape.rank());
  numbers_.insert(numbers_.end(), shape.begin(), shape.end());
  return *this;
}

Signature& Signature::add(const Tensor& tensor) {
  return add(static_cast<std::int64_t>(tensor.type())).add(tensor.shape()).add(tensor.strides());
}

std::size_t Signature::hash() const {
  std::uint64_t state = numbers_.size();
  for (const auto number : numbers_) {
    state = (state ^ static_cast<std::uint64_t>(number)) * 0x9E3779B97F4A7C15ULL;
    state ^= state >> 29U;
  }
  return static_cast<std::size_t>(state);
}

Primitive::Primitive(dnnl::primitive primitive, std::initializer_list<Argument> arguments)
    : primitive_(std::move(primitive)) {
  memories_.reserve(arguments.size());
  for (const auto& [index, description] : arguments) {
    memories_.emplace_back(description, engine(), nullptr);
    arguments_.push_back({index, memories_.back().get()});
  }
}

void Primitive::run(std::initializer_list<const void*> addresses) {
  expects(addresses.size() == memories_.size(), "a primitive is given the address of each argument");
  auto memory = memories_.begin();
  for (const void* const address : addresses) (memory++)->set_data_handle(const_cast<void*>(address));
  dnnl::error::wrap_c_api(dnnl_primitive_execute(primitive_.get(), stream().get(),
                                                 static_cast<int>(arguments_.size()), arguments_.data()),
                          "a oneDNN primitive failed");
}

Packing::Packing(const dnnl::memory::desc& plain, const dnnl::memory::desc& packed)
    : plain_(plain == packed), bytes_(packed.get_size()) {
  static std::atomic<std::uint64_t> count{0};
  id_ = ++count;
  if (plain_) return;
  const auto reorder = [](const auto& from, const auto& to) {
    const dnnl::reorder::primitive_desc made(engine(), from, engine(), to);
    return std::make_unique<Primitive>(dnnl::reorder(made), std::initializer_list<Primitive::Argument>{
                                                                {DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  };
  pack_ = reorder(plain, packed);
  unpack_ = reorder(packed, plain);
}

Tensor Packing::new_room() const {
  return Tensor({static_cast<std::int64_t>(bytes_)}, DataType::u8);
}

const void* Packing::pack(const Tensor& tensor, Tensor& keep) {
  if (plain_) return tensor.bytes();
  keep = new_room();
  pack_->run({tensor.bytes(), keep.mutable_bytes()});
  return keep.bytes();
}

const void* Packing::pack_once(const Tensor& weights, Tensor& keep) {
  if (plain_) return weights.bytes();
  const auto version = weights.buffer().version();
  auto packed = std::static_pointer_cast<PackedWeights>(weights.buffer().derived(id_, weights.offset()));
  if (packed == nullptr || packed->version != version) {
    auto fresh = std::make_shared<PackedWeights>();
    pack(weights, fresh->room);
    fresh->version = version;
    weights.buffer().set_derived(id_, weights.offset(), fresh);
    packed = fresh;
  }
  keep = packed->room;
  return keep.bytes();
}

void* Packing::room(Tensor& tensor, Tensor& keep) {
  if (plain_) return tensor.mutable_bytes();
  keep = new_room();
  return keep.mutable_bytes();
}

void Packing::unpack(const Tensor& room, Tensor& tensor) {
  if (!plain_) unpack_->run({room.bytes(), tensor.mutable_bytes()});
}

}  // namespace reprise::nn::onednn
