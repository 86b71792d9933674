#pragma once

#include <cstdint>
#include <vector>

#include "workers/mptq_vit/methods.hpp"
#include "workers/mptq_vit/ranges.hpp"

namespace reprise::mptq_vit {

/// How channels between norms and linear layers are to be shifted and scaled.
struct FoldRule {
  CalibrationSet set;
  std::vector<Ref<ChannelRanges>> ranges;  ///< of all shares of the set
  Smoothing smoothing = Smoothing::scale_and_shift;
  double alpha = 0.5;
  std::int32_t bits = 0;  ///< of activations, where they matter (reparametrisation)
};

constexpr auto fields(const FoldRule*) {
  using F = FoldRule;
  return std::tuple{field("set", &F::set, "model and images"),
                    field("ranges", &F::ranges, "of the set's shares"),
                    field("smoothing", &F::smoothing, "rule"),
                    field("alpha", &F::alpha, "how much of the range goes over to the weights"),
                    field("bits", &F::bits, "of activations, where the rule depends on them", "bit")};
}

/// x becomes (x - shift) / factor, channel by channel, between a norm and its linear layer; one pair after
/// another, in the order of nn::norm_pairs().
struct Fold {
  std::vector<float> shift;
  std::vector<float> factor;
};

constexpr auto fields(const Fold*) {
  return std::tuple{field("shift", &Fold::shift, "b of each channel of each pair"),
                    field("factor", &Fold::factor, "s of each channel of each pair")};
}

Fold find_fold(const FoldRule& input, TaskContext& context);

/// The model with its norms folded: the same function, up to rounding. Shares what it does not change.
[[nodiscard]] nn::VisionModel folded(const nn::VisionModel& model, const Fold& fold);

inline const Task<FoldRule, Fold> kFold{
    "mptq_vit.fold", 2, find_fold, "shifts and factors of channels between norms and linear layers", nullptr};

}  // namespace reprise::mptq_vit
