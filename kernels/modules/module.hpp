#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kernels/autodiff/variable.hpp"

namespace reprise::nn {

struct NamedParameter {
  std::string name;  ///< "layer1.0.conv1.weight"
  Variable variable;
};

struct NamedBuffer {
  std::string name;  ///< "bn1.running_mean"
  Tensor* tensor;
};

/// Tensors by name: what is saved and loaded.
using NamedTensors = std::map<std::string, Tensor>;

/// A part of a network: parameters, buffers (which are saved, but not trained) and parts of its own, all with
/// the names that PyTorch's or timm's counterparts give them, so that weights travel. A subclass asks for
/// them in its constructor and keeps the references.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  virtual Variable operator()(const Variable& x) = 0;

  /// Whether normalisation and dropout behave as in training. True at first.
  void train(bool on = true);
  void evaluate() { train(false); }
  [[nodiscard]] bool training() const { return training_; }

  /// Parts that draw random numbers draw those of `place` from now on, always the same: a step of a training,
  /// or a shard of one. So a training can go on from any step, and its shards be computed anywhere.
  void draw_from(std::uint64_t place);

  /// In the order in which they were asked for, depth first.
  [[nodiscard]] std::vector<NamedParameter> parameters() const;
  [[nodiscard]] std::vector<NamedBuffer> buffers() const;
  [[nodiscard]] std::int64_t parameter_count() const;

  /// Copies of all parameters and buffers.
  [[nodiscard]] NamedTensors state() const;
  /// Takes over all parameters and buffers; converts their type. Throws std::invalid_argument, before
  /// anything is changed, that names what is missing, unknown or of another shape; PyTorch's
  /// `num_batches_tracked` is ignored.
  void load(const NamedTensors& state);
  /// Computes in this type from now on.
  void convert(DataType type);

 protected:
  Variable& parameter(std::string name, Tensor value);
  /// `tensor` is a member of the subclass.
  void buffer(std::string name, Tensor& tensor);
  template <class Part, class... Arguments>
  Part& part(std::string name, Arguments&&... arguments) {
    auto made = std::make_unique<Part>(std::forward<Arguments>(arguments)...);
    auto& reference = *made;
    members_.emplace_back(std::move(name), std::move(made));
    return reference;
  }

  /// What a part of itself does on draw_from().
  virtual void restart(std::uint64_t /*place*/) {}

 private:
  using Member = std::variant<std::unique_ptr<Variable>, Tensor*, std::unique_ptr<Module>>;
  void collect(const std::string& prefix, std::vector<NamedParameter>* parameters,
               std::vector<NamedBuffer>* buffers) const;

  bool training_ = true;
  std::vector<std::pair<std::string, Member>> members_;
};

/// One part after another, named "0", "1", ...
class Sequential : public Module {
 public:
  template <class Part, class... Arguments>
  Sequential& add(Arguments&&... arguments) {
    parts_.push_back(&part<Part>(std::to_string(parts_.size()), std::forward<Arguments>(arguments)...));
    return *this;
  }
  Variable operator()(const Variable& x) override;
  [[nodiscard]] bool empty() const { return parts_.empty(); }

 private:
  std::vector<Module*> parts_;
};

/// A function without parameters as a part.
class Apply : public Module {
 public:
  explicit Apply(Variable (*function)(const Variable&)) : function_(function) {}
  Variable operator()(const Variable& x) override { return function_(x); }

 private:
  Variable (*function_)(const Variable&);
};

}  // namespace reprise::nn
