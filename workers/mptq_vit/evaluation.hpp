#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "workers/mptq_vit/packed_weights.hpp"

namespace reprise::mptq_vit {

/// Test images [first, first + count) through a model.
struct Evaluation {
  QuantizedModel model;
  ImageSource images;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  /// One: products are of integers, and weights those that were packed. None: quantized values in single
  /// precision.
  std::vector<Ref<PackedWeights>> packed;
  bool logits = false;  ///< whether they are kept
};

constexpr auto fields(const Evaluation*) {
  using E = Evaluation;
  return std::tuple{field("model", &E::model, "what is evaluated"),
                    field("images", &E::images, "data set"),
                    field("first", &E::first, "of the test images"),
                    field("count", &E::count, "images"),
                    field("packed", &E::packed, "packed weights, where products are of integers"),
                    field("logits", &E::logits, "whether logits are kept")};
}

struct Predictions {
  std::vector<std::uint32_t> predicted;  ///< class of the largest logit, [n]
  std::vector<std::uint8_t> hit;         ///< 1 where it is the label, [n]
  std::vector<std::uint8_t> among_five;  ///< 1 where the label is among the five largest, [n]
  std::vector<float> logits;             ///< [n, classes], where they are kept
};

constexpr auto fields(const Predictions*) {
  using P = Predictions;
  return std::tuple{field("predicted", &P::predicted, "class of the largest logit"),
                    field("hit", &P::hit, "1 where that is the label"),
                    field("among_five", &P::among_five, "1 where the label is among the five largest"),
                    field("logits", &P::logits, "of all classes, where they are kept")};
}

Predictions evaluate(const Evaluation& input, TaskContext& context);
inline const Task<Evaluation, Predictions> kEvaluation{
    "mptq_vit.evaluation", 1, evaluate, "test images through a quantized model",
    [](const Evaluation& input) { return forward_seconds(input.model.model.name, input.count); }};

/// How far a quantized model's predictions on calibration images are from the model's own.
struct LossProbe {
  CalibrationSet set;
  Ref<Calibration> calibration;
  Allocation bits;  ///< of each unit, but for `unit`
  std::uint32_t unit = 0;
  std::uint8_t unit_bits = 8;
  std::uint32_t images = 32;  ///< the set's first ones
  bool incremental = true;    ///< whether the pass starts where the unit is; changes no bit
};

constexpr auto fields(const LossProbe*) {
  using L = LossProbe;
  return std::tuple{field("set", &L::set, "model and images"),
                    field("calibration", &L::calibration, "quantizers"),
                    field("bits", &L::bits, "of each unit but one, 0: not quantized", "bit"),
                    field("unit", &L::unit, "that one"),
                    field("unit_bits", &L::unit_bits, "its bits", "bit"),
                    field("images", &L::images, "of the set, the first ones"),
                    field("incremental", &L::incremental, "whether the pass starts where the unit is")};
}

struct ProbedLoss {
  double loss = 0;  ///< mean of KL(softmax of the model's logits | softmax of the quantized one's), nat
};

constexpr auto fields(const ProbedLoss*) {
  return std::tuple{
      field("loss", &ProbedLoss::loss, "mean Kullback-Leibler divergence of predictions", "nat")};
}

ProbedLoss probe_loss(const LossProbe& input, TaskContext& context);
inline const Task<LossProbe, ProbedLoss> kLossProbe{
    "mptq_vit.loss", 1, probe_loss, "divergence of a quantized model's predictions on calibration images",
    [](const LossProbe& input) { return forward_seconds(input.set.model.name, 0.5 * input.images); }};

}  // namespace reprise::mptq_vit
