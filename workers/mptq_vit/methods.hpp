#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/reflect/fields.hpp"

namespace reprise::mptq_vit {

/// What is done to the channels between a norm and the linear layer that reads it, without changing what the
/// model computes.
enum class Smoothing {
  none,
  scale,              ///< SmoothQuant
  scale_and_shift,    ///< SQ-b
  reparametrisation,  ///< RepQ-ViT's: of channel-wise quantizers into one for the tensor
};
enum class WeightRule {
  minmax,      ///< symmetric, a scale for each output channel
  mse,         ///< the same, of least squared error
  percentile,  ///< asymmetric, the pair of quantiles of least squared error (RepQ-ViT)
};
enum class ActivationRule {
  minmax,             ///< symmetric, a scale for each tensor
  mse,                ///< the same, of least squared error
  asymmetric_minmax,  ///< FQ-ViT
  percentile,         ///< asymmetric, the pair of quantiles of least squared error (RepQ-ViT)
  moving_minmax,      ///< asymmetric, moving averages over batches of images (FQ-ViT's EMA)
  moving_percentile,  ///< asymmetric, the same of quantiles (FQ-ViT's Percentile)
  shrunk,             ///< asymmetric, a range shrunk to least squared error (FQ-ViT's OMSE)
};
enum class GeluRule {
  as_others,
  fixed,             ///< two regions by sign, the negative one's scale fixed by GELU's minimum (PTQ4ViT)
  optm_sign,         ///< OPT-m: scales in a ratio 2^m, regions by sign
  optm_magnitude,    ///< OPT-m: regions by magnitude
  frozen_magnitude,  ///< the same with m as it is best at 8 bits (TSPTQ-ViT)
};
enum class ProbabilityRule {
  as_others,
  log2,       ///< FQ-ViT
  log_sqrt2,  ///< RepQ-ViT
  optm,       ///< OPT-m
  frozen,     ///< the same with m as it is best at 8 bits (TSPTQ-ViT)
  twin,       ///< PTQ4ViT
};
enum class ResidualRule {
  as_others,
  two_scales,     ///< O-2SF: each channel has one of two scales
  powers_of_two,  ///< FQ-ViT's PTF
};

/// How scales are chosen by what they do to outputs of products, one product at a time.
enum class OutputScore {
  none,      ///< they are chosen by the values themselves
  cosine,    ///< of the angle between outputs of a token (Base PTQ)
  gradient,  ///< squared differences of outputs, weighed by a loss' gradient (PTQ4ViT)
};

constexpr auto enumerators(const Smoothing*) {
  using S = Smoothing;
  return std::array{Enumerator{"none", S::none}, Enumerator{"scale", S::scale},
                    Enumerator{"scale_and_shift", S::scale_and_shift},
                    Enumerator{"reparametrisation", S::reparametrisation}};
}
constexpr auto enumerators(const WeightRule*) {
  using W = WeightRule;
  return std::array{Enumerator{"minmax", W::minmax}, Enumerator{"mse", W::mse},
                    Enumerator{"percentile", W::percentile}};
}
constexpr auto enumerators(const ActivationRule*) {
  using A = ActivationRule;
  return std::array{Enumerator{"minmax", A::minmax},
                    Enumerator{"mse", A::mse},
                    Enumerator{"asymmetric_minmax", A::asymmetric_minmax},
                    Enumerator{"percentile", A::percentile},
                    Enumerator{"moving_minmax", A::moving_minmax},
                    Enumerator{"moving_percentile", A::moving_percentile},
                    Enumerator{"shrunk", A::shrunk}};
}
constexpr auto enumerators(const GeluRule*) {
  using G = GeluRule;
  return std::array{Enumerator{"as_others", G::as_others}, Enumerator{"fixed", G::fixed},
                    Enumerator{"optm_sign", G::optm_sign}, Enumerator{"optm_magnitude", G::optm_magnitude},
                    Enumerator{"frozen_magnitude", G::frozen_magnitude}};
}
constexpr auto enumerators(const ProbabilityRule*) {
  using P = ProbabilityRule;
  return std::array{Enumerator{"as_others", P::as_others}, Enumerator{"log2", P::log2},
                    Enumerator{"log_sqrt2", P::log_sqrt2}, Enumerator{"optm", P::optm},
                    Enumerator{"frozen", P::frozen},       Enumerator{"twin", P::twin}};
}
constexpr auto enumerators(const ResidualRule*) {
  using R = ResidualRule;
  return std::array{Enumerator{"as_others", R::as_others}, Enumerator{"two_scales", R::two_scales},
                    Enumerator{"powers_of_two", R::powers_of_two}};
}

constexpr auto enumerators(const OutputScore*) {
  using S = OutputScore;
  return std::array{Enumerator{"none", S::none}, Enumerator{"cosine", S::cosine},
                    Enumerator{"gradient", S::gradient}};
}

/// A search by outputs: symmetric scales, one for each tensor, block of rows of qkv and head; factors of
/// what MinMax gives are compared. Weights' and activations' rules play no part then.
struct OutputRule {
  OutputScore score = OutputScore::none;
  double least = 0.5;  ///< factors: least, least + (most - least) / candidates, ..., without most
  double most = 1.2;
  std::int32_t candidates = 100;
  std::int32_t rounds = 1;          ///< each: one operand, then the other
  std::uint32_t images = 32;        ///< of the calibration set, the first ones
  bool patches_by_channel = false;  ///< whether each of the patch embedding's outputs has a scale
};

constexpr auto fields(const OutputRule*) {
  using O = OutputRule;
  return std::tuple{field("score", &O::score, "of outputs"),
                    field("least", &O::least, "factor of MinMax' scale"),
                    field("most", &O::most, "factor of MinMax' scale"),
                    field("candidates", &O::candidates, "factors that are compared"),
                    field("rounds", &O::rounds, "of searches of one operand, then the other"),
                    field("images", &O::images, "of the calibration set, the first ones"),
                    field("patches_by_channel", &O::patches_by_channel,
                          "whether each output of the patch embedding has a scale")};
}

/// How quantizers are calibrated: what a method is, whatever the bits. What one of the tables' rows is.
struct Recipe {
  Smoothing smoothing = Smoothing::none;
  double alpha = 0.5;  ///< how much of the range goes over to the weights
  WeightRule weights = WeightRule::minmax;
  ActivationRule activations = ActivationRule::minmax;
  GeluRule gelu = GeluRule::as_others;
  ProbabilityRule probabilities = ProbabilityRule::as_others;
  ResidualRule residual = ResidualRule::as_others;
  OutputRule outputs;
  bool integer_functions = false;  ///< whether norms and softmax are of integers where all is quantized
};

constexpr auto fields(const Recipe*) {
  using R = Recipe;
  return std::tuple{field("smoothing", &R::smoothing, "between norms and linear layers"),
                    field("alpha", &R::alpha, "how much of the range goes over to the weights"),
                    field("weights", &R::weights, "ranges of weights"),
                    field("activations", &R::activations, "ranges of activations"),
                    field("gelu", &R::gelu, "quantizer of what follows GELU"),
                    field("probabilities", &R::probabilities, "quantizer of what follows softmax"),
                    field("residual", &R::residual, "quantizer of what norms read"),
                    field("outputs", &R::outputs, "search by outputs of products"),
                    field("integer_functions", &R::integer_functions,
                          "whether norms and softmax are of integers where all is quantized")};
}

/// Recipes by the names that jobs and reports use.
enum class Method {
  minmax,
  sq,
  sqb,
  optm,
  sqb_optm,
  mptq,
  fixed_gelu,
  optm_gelu,
  optm_gelu_sign,
  optm_softmax,
  tsptq,
  repq,
  fq_vit,
  fq_vit_ptf,
  fq_vit_attention4,
  observed_minmax,
  observed_ema,
  observed_percentile,
  observed_omse,
  base_ptq,
  ptq4vit,
  ptq4vit_literal,
};

constexpr auto enumerators(const Method*) {
  using M = Method;
  return std::array{Enumerator{"minmax", M::minmax},
                    Enumerator{"sq", M::sq},
                    Enumerator{"sqb", M::sqb},
                    Enumerator{"optm", M::optm},
                    Enumerator{"sqb_optm", M::sqb_optm},
                    Enumerator{"mptq", M::mptq},
                    Enumerator{"fixed_gelu", M::fixed_gelu},
                    Enumerator{"optm_gelu", M::optm_gelu},
                    Enumerator{"optm_gelu_sign", M::optm_gelu_sign},
                    Enumerator{"optm_softmax", M::optm_softmax},
                    Enumerator{"tsptq", M::tsptq},
                    Enumerator{"repq", M::repq},
                    Enumerator{"fq_vit", M::fq_vit},
                    Enumerator{"fq_vit_ptf", M::fq_vit_ptf},
                    Enumerator{"fq_vit_attention4", M::fq_vit_attention4},
                    Enumerator{"observed_minmax", M::observed_minmax},
                    Enumerator{"observed_ema", M::observed_ema},
                    Enumerator{"observed_percentile", M::observed_percentile},
                    Enumerator{"observed_omse", M::observed_omse},
                    Enumerator{"base_ptq", M::base_ptq},
                    Enumerator{"ptq4vit", M::ptq4vit},
                    Enumerator{"ptq4vit_literal", M::ptq4vit_literal}};
}

[[nodiscard]] Recipe recipe_of(Method method);
/// Bits of what follows softmax, where they are not those of all (FQ-ViT's 8/8/4).
[[nodiscard]] std::optional<int> probability_bits_of(Method method);
/// "SQ-b + OPT-m"
[[nodiscard]] std::string title_of(Method method);

}  // namespace reprise::mptq_vit
