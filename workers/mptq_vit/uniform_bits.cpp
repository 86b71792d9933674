#include "workers/mptq_vit/uniform_bits.hpp"

#include <algorithm>

namespace reprise::mptq_vit {
namespace {

Recipe recipe_for(const UniformBits& job, Method method) {
  auto recipe = recipe_of(method);
  if (job.candidates > 0) recipe.outputs.candidates = job.candidates;
  if (job.rounds > 0) recipe.outputs.rounds = job.rounds;
  return recipe;
}

/// What quantizers are made for.
std::vector<std::uint8_t> calibrated_bits(Method method, int bits) {
  std::vector<std::uint8_t> all{static_cast<std::uint8_t>(bits)};
  if (const auto own = probability_bits_of(method); own && *own != bits)
    all.push_back(static_cast<std::uint8_t>(*own));
  return all;
}

Allocation allocate(const Units& units, Scheme scheme, Method method, int bits) {
  auto allocation = units.uniform(scheme, bits, bits, bits);
  if (const auto own = probability_bits_of(method)) {
    for (std::size_t unit = units.weight_count(); unit < units.count(); ++unit)
      if (units.site(unit).kind == nn::SiteKind::probabilities)
        allocation[unit] = static_cast<std::uint8_t>(*own);
  }
  return allocation;
}

UniformResults run_bits(Run& run, const UniformBits& job) {
  const auto models = prepare_models(run, job.models, job.deit_crop);
  UniformResults results{job.models, job.methods, job.scheme, job.bits, {}, {}};
  results.single_precision = evaluate_single_precision(run, models, job.test);
  std::vector<CalibrationOrder> calibrations;
  std::vector<Allocation> allocations;
  for (std::size_t m = 0; m < models.size(); ++m)
    for (const auto bits : job.bits)
      for (const auto method : job.methods)
        for (std::int32_t seed = 0; seed < job.seeds; ++seed) {
          calibrations.push_back({m, kFirstCalibrationSeed + static_cast<std::uint64_t>(seed),
                                  job.calibration, recipe_for(job, method), calibrated_bits(method, bits)});
          allocations.push_back(allocate(models[m].units, job.scheme, method, bits));
        }
  const auto calibrated = calibrate(run, models, calibrations);

  std::vector<EvaluationOrder> evaluations;
  for (std::size_t i = 0; i < calibrations.size(); ++i)
    evaluations.push_back({calibrations[i].model, calibrated[i], allocations[i]});
  auto accuracies = evaluate_all(run, models, evaluations, job.test);
  // What could not be calibrated was evaluated in single precision, which says nothing.
  for (std::size_t i = 0; i < calibrations.size(); ++i)
    if (calibrated[i].empty()) accuracies[i] = {};

  auto next = accuracies.begin();
  for (std::size_t m = 0; m < models.size(); ++m) {
    auto& of_model = results.accuracy.emplace_back();
    for (std::size_t b = 0; b < job.bits.size(); ++b) {
      auto& of_bits = of_model.emplace_back();
      for (std::size_t k = 0; k < job.methods.size(); ++k) {
        of_bits.emplace_back();
        for (std::int32_t seed = 0; seed < job.seeds; ++seed) of_bits.back().push_back(std::move(*next++));
      }
    }
  }
  for (auto& table : tables_of(results)) run.publish(std::move(table));
  for (auto& figure : figures_of(results)) run.publish(std::move(figure));
  if (std::ranges::any_of(job.models, is_trained_here))
    run.note(
        "Stand-in data: small ViTs trained on Fashion-MNIST in place of ImageNet's. Published values are of "
        "ImageNet and stand beside for comparison only.");
  run.note(
      "Weights have a scale for each output channel and activations one for each tensor, but where a method "
      "says otherwise (Base PTQ and PTQ4ViT: three for qkv, heads in attention; FQ-ViT: channels before "
      "norms). The image has 8 bits where it is quantized.");
  return results;
}

void run_uniform_bits(Run& run, const UniformBits& job) {
  const auto results = run_bits(run, job);
  for (auto& finding : judge(results)) run.settle(std::move(finding));
}

void run_full_bits(Run& run, const FullBits& job) {
  (void)run_bits(run, job);
}

}  // namespace

void validate(const UniformBits& job, const JobTable& table) {
  table.require(!job.models.empty(), "models", "must name one model or more");
  table.require(!job.methods.empty(), "methods", "must name one method or more");
  table.require(!job.bits.empty() && std::ranges::all_of(job.bits, [](auto b) { return b >= 2 && b <= 8; }),
                "bits", "must be from 2 to 8");
  table.require(job.seeds >= 1, "seeds", "must be at least 1");
  table.require(job.calibration >= 1 && job.calibration <= 50000, "calibration", "must be from 1 to 50000");
  table.require(job.deit_crop > 0 && job.deit_crop <= 1, "deit_crop", "must be above 0 and at most 1");
  table.require(job.candidates >= 0 && job.candidates <= 10000, "candidates", "must be from 0 to 10000");
  table.require(job.rounds >= 0 && job.rounds <= 100, "rounds", "must be from 0 to 100");
}

Experiment uniform_bits_experiment() {
  return experiment<UniformBits>(
      "uniform_bits", "Uniform bits: SQ-b and OPT-m",
      "Weights and activations of vision transformers at the same bits throughout, calibrated on a few "
      "training images. SmoothQuant with a shift of each channel (SQ-b) and scales whose ratio is searched "
      "for (OPT-m) beside plain ranges and other methods.",
      run_uniform_bits, uniform_claims());
}

Experiment full_bits_experiment() {
  return experiment<FullBits>(
      "full_bits", "Everything quantized at uniform bits",
      "What norms, softmax and GELU read is quantized as well: FQ-ViT, the observers of ranges that it is "
      "compared with, and MPTQ-ViT's quantizers, at the same bits throughout.",
      run_full_bits);
}

std::optional<std::size_t> UniformResults::place_of(Method method) const {
  const auto found = std::ranges::find(methods, method);
  if (found == methods.end()) return std::nullopt;
  return static_cast<std::size_t>(found - methods.begin());
}

std::vector<std::optional<Estimate>> UniformResults::gains(std::size_t model, std::size_t b, Method method,
                                                           Method over) const {
  const auto a = place_of(method);
  const auto c = place_of(over);
  std::vector<std::optional<Estimate>> gains;
  if (!a || !c) return gains;
  const auto& of_bits = accuracy[model][b];
  for (std::size_t seed = 0; seed < of_bits[*a].size(); ++seed)
    gains.push_back(paired_gain(of_bits[*a][seed], of_bits[*c][seed]));
  return gains;
}

}  // namespace reprise::mptq_vit
