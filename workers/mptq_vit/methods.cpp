#include "workers/mptq_vit/methods.hpp"

namespace reprise::mptq_vit {

Recipe recipe_of(Method method) {
  Recipe recipe;
  switch (method) {
    case Method::minmax:
      break;
    case Method::sq:
      recipe.smoothing = Smoothing::scale;
      break;
    case Method::sqb:
      recipe.smoothing = Smoothing::scale_and_shift;
      break;
    case Method::mptq:
      recipe.weights = WeightRule::mse;
      recipe.activations = ActivationRule::mse;
      recipe.residual = ResidualRule::two_scales;
      [[fallthrough]];
    case Method::sqb_optm:
      recipe.smoothing = Smoothing::scale_and_shift;
      [[fallthrough]];
    case Method::optm:
      recipe.gelu = GeluRule::optm_magnitude;
      recipe.probabilities = ProbabilityRule::optm;
      break;
    case Method::fixed_gelu:
      recipe.gelu = GeluRule::fixed;
      break;
    case Method::optm_gelu:
      recipe.gelu = GeluRule::optm_magnitude;
      break;
    case Method::optm_gelu_sign:
      recipe.gelu = GeluRule::optm_sign;
      break;
    case Method::optm_softmax:
      recipe.probabilities = ProbabilityRule::optm;
      break;
    case Method::tsptq:
      recipe.gelu = GeluRule::frozen_magnitude;
      recipe.probabilities = ProbabilityRule::frozen;
      recipe.residual = ResidualRule::two_scales;
      break;
    case Method::repq:
      recipe.smoothing = Smoothing::reparametrisation;
      recipe.weights = WeightRule::percentile;
      recipe.activations = ActivationRule::percentile;
      recipe.probabilities = ProbabilityRule::log_sqrt2;
      break;
    case Method::fq_vit:
    case Method::fq_vit_attention4:
      recipe.probabilities = ProbabilityRule::log2;
      [[fallthrough]];
    case Method::fq_vit_ptf:
      recipe.activations = ActivationRule::asymmetric_minmax;
      recipe.residual = ResidualRule::powers_of_two;
      recipe.integer_functions = true;
      break;
    case Method::observed_minmax:
      recipe.activations = ActivationRule::asymmetric_minmax;
      break;
    case Method::observed_ema:
      recipe.activations = ActivationRule::moving_minmax;
      break;
    case Method::observed_percentile:
      recipe.activations = ActivationRule::moving_percentile;
      break;
    case Method::observed_omse:
      recipe.activations = ActivationRule::shrunk;
      break;
    case Method::base_ptq:
      recipe.outputs.score = OutputScore::cosine;
      break;
    case Method::ptq4vit:
    case Method::ptq4vit_literal:
      recipe.gelu = GeluRule::fixed;
      recipe.probabilities = method == Method::ptq4vit ? ProbabilityRule::optm : ProbabilityRule::twin;
      recipe.outputs.score = OutputScore::gradient;
      recipe.outputs.least = 0.01;
      recipe.outputs.rounds = 3;
      recipe.outputs.patches_by_channel = true;
      break;
  }
  return recipe;
}

std::optional<int> probability_bits_of(Method method) {
  if (method == Method::fq_vit_attention4) return 4;
  return std::nullopt;
}

std::string title_of(Method method) {
  switch (method) {
    case Method::minmax:
      return "MinMax";
    case Method::sq:
      return "SmoothQuant";
    case Method::sqb:
      return "SQ-b";
    case Method::optm:
      return "OPT-m";
    case Method::sqb_optm:
      return "SQ-b + OPT-m";
    case Method::mptq:
      return "MPTQ-ViT";
    case Method::fixed_gelu:
      return "fixed ratio at GELU";
    case Method::optm_gelu:
      return "OPT-m at GELU";
    case Method::optm_gelu_sign:
      return "OPT-m at GELU, by sign";
    case Method::optm_softmax:
      return "OPT-m at softmax";
    case Method::tsptq:
      return "TSPTQ-ViT (fixed m)";
    case Method::repq:
      return "RepQ-ViT";
    case Method::fq_vit:
      return "FQ-ViT";
    case Method::fq_vit_ptf:
      return "FQ-ViT, PTF alone";
    case Method::fq_vit_attention4:
      return "FQ-ViT, attention of 4 bits";
    case Method::observed_minmax:
      return "MinMax, asymmetric";
    case Method::observed_ema:
      return "EMA";
    case Method::observed_percentile:
      return "Percentile";
    case Method::observed_omse:
      return "OMSE";
    case Method::base_ptq:
      return "Base PTQ";
    case Method::ptq4vit:
      return "PTQ4ViT";
    case Method::ptq4vit_literal:
      return "PTQ4ViT, softmax as in its code";
  }
  return "?";
}

}  // namespace reprise::mptq_vit
