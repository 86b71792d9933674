#pragma once

#include "pipeline/run/paper.hpp"
#include "workers/mptq_vit/study.hpp"

namespace reprise::mptq_vit {

/// T-single and the ablations of SQ-b and OPT-m: all units at the same bits.
struct UniformBits {
  std::vector<ModelName> models{ModelName::smoke_p7};
  std::vector<Method> methods{Method::minmax, Method::sqb_optm};
  Scheme scheme = Scheme::partial;
  std::vector<std::int32_t> bits{4, 3};
  std::int32_t seeds = 3;
  std::uint32_t calibration = 128;
  std::uint32_t test = 1000;
  double deit_crop = kDeitCrop;
  std::int32_t candidates = 0;
  std::int32_t rounds = 0;
};

constexpr auto fields(const UniformBits*) {
  using U = UniformBits;
  return std::tuple{
      field("models", &U::models, "models; those of Fashion-MNIST are trained first"),
      field("methods", &U::methods, "how they are quantized"),
      field("scheme", &U::scheme,
            "what is quantized: partial: what products read; full: what norms, softmax and GELU "
            "read, too"),
      field("bits", &U::bits, "of weights and of activations", "bit"),
      field("seeds", &U::seeds, "sets of calibration images, for each model; seeds 3, 4, ..."),
      field("calibration", &U::calibration, "calibration images in a set"),
      field("test", &U::test, "test images, the first ones; 0: all"),
      field("deit_crop", &U::deit_crop, kDeitCropMeaning),
      field("candidates", &U::candidates, "scales that searches by outputs compare; 0: as methods have it"),
      field("rounds", &U::rounds, "of searches by outputs; 0: as methods have it")};
}

void validate(const UniformBits& job, const JobTable& table);

Experiment uniform_bits_experiment();

/// T-full's uniform rows: everything quantized, as FQ-ViT does, with its observers of ranges as baselines.
struct FullBits : UniformBits {
  FullBits() {
    methods = {Method::observed_minmax,
               Method::observed_ema,
               Method::observed_percentile,
               Method::observed_omse,
               Method::fq_vit_ptf,
               Method::fq_vit_attention4,
               Method::mptq};
    scheme = Scheme::full;
    bits = {8};
  }
};

constexpr auto fields(const FullBits*) {
  return fields(static_cast<const UniformBits*>(nullptr));
}

Experiment full_bits_experiment();

/// What was measured: accuracies by model, bits, method and seed.
struct UniformResults {
  std::vector<ModelName> models;
  std::vector<Method> methods;
  Scheme scheme = Scheme::partial;
  std::vector<std::int32_t> bits;
  std::vector<Accuracy> single_precision;                                 ///< [model]
  std::vector<std::vector<std::vector<std::vector<Accuracy>>>> accuracy;  ///< [model][bits][method][seed]

  /// None where the method was not run.
  [[nodiscard]] std::optional<std::size_t> place_of(Method method) const;
  /// The gains of one method over another, [seed]; empty where one was not run, none where a task failed.
  [[nodiscard]] std::vector<std::optional<Estimate>> gains(std::size_t model, std::size_t bits, Method method,
                                                           Method over) const;
};

[[nodiscard]] std::vector<Table> tables_of(const UniformResults& results);
[[nodiscard]] std::vector<Figure> figures_of(const UniformResults& results);
[[nodiscard]] std::vector<Claim> uniform_claims();
[[nodiscard]] std::vector<Finding> judge(const UniformResults& results);

}  // namespace reprise::mptq_vit
