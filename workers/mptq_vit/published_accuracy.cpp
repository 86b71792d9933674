#include "workers/mptq_vit/published_accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace reprise::mptq_vit {
namespace {

constexpr double kUnseen = NAN;

/// ViT-S, ViT-B, DeiT-T, DeiT-S, DeiT-B, Swin-T, Swin-S, Swin-B (from 22k).
using Row = std::array<double, 8>;

std::optional<double> cell(const Row& row, ModelName model) {
  if (is_trained_here(model)) return std::nullopt;
  const double value =
      row.at(static_cast<std::size_t>(model) - static_cast<std::size_t>(ModelName::vit_small));
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

struct Published {
  Method method;
  Scheme scheme;
  int bits;
  Row row;
  const char* mark;
};

constexpr const char* kRepq = "[paper: RepQ-ViT's repository]";
constexpr const char* kPtq4vit = "[paper: PTQ4ViT's repository]";
constexpr const char* kFqVit = "[paper: FQ-ViT's repository]";
constexpr auto kP = Scheme::partial, kF = Scheme::full;
// FQ-ViT's Swin-B is the one without 22k classes. Its 8/8/8 leave softmax alone, whose outputs have 8 uniform
// bits; its 8/8/4 are the whole method (config.py of the repository).
constexpr std::array kUniform{
    Published{Method::repq, kP, 6, {80.43, 83.62, 70.76, 78.90, 81.27, 80.69, 82.79, kUnseen}, kRepq},
    Published{Method::repq, kP, 4, {65.05, 68.48, 57.43, 69.03, 75.61, 72.31, 79.45, kUnseen}, kRepq},
    Published{
        Method::base_ptq, kP, 8, {80.468, 83.896, kUnseen, 77.654, 80.946, 80.962, 82.758, 84.792}, kPtq4vit},
    Published{
        Method::base_ptq, kP, 6, {70.244, 75.668, kUnseen, 72.268, 78.786, 78.456, 81.742, 83.354}, kPtq4vit},
    Published{
        Method::ptq4vit, kP, 8, {81.002, 84.25, kUnseen, 79.474, 81.482, 81.246, 83.106, 85.146}, kPtq4vit},
    Published{Method::ptq4vit, kP, 6, {78.63, 81.65, kUnseen, 76.282, 80.25, 80.47, 82.38, 84.012}, kPtq4vit},
    Published{Method::ptq4vit,
              kP,
              6,
              {kUnseen, kUnseen, 69.68, kUnseen, kUnseen, kUnseen, kUnseen, kUnseen},
              "[known]"},
    Published{
        Method::ptq4vit, kP, 4, {42.57, 30.69, 36.96, 34.08, 64.39, kUnseen, 76.09, kUnseen}, "[known]"},
    Published{Method::fq_vit, kP, 4, {.10, .10, .10, .10, .10, kUnseen, .10, kUnseen}, "[known]"},
    Published{
        Method::observed_minmax, kF, 8, {kUnseen, 23.64, 70.94, 75.05, 78.02, 64.38, 74.37, kUnseen}, kFqVit},
    Published{
        Method::observed_ema, kF, 8, {kUnseen, 30.30, 71.17, 75.71, 78.82, 70.81, 75.05, kUnseen}, kFqVit},
    Published{Method::observed_percentile,
              kF,
              8,
              {kUnseen, 46.69, 71.47, 76.57, 78.37, 78.78, 78.12, kUnseen},
              kFqVit},
    Published{
        Method::observed_omse, kF, 8, {kUnseen, 73.39, 71.30, 75.03, 79.57, 79.30, 78.96, kUnseen}, kFqVit},
    Published{
        Method::fq_vit_ptf, kF, 8, {kUnseen, 83.31, 71.61, 79.17, 81.20, 80.51, 82.71, kUnseen}, kFqVit},
    Published{Method::fq_vit_attention4,
              kF,
              8,
              {kUnseen, 82.68, 71.07, 78.40, 80.85, 80.04, 82.47, kUnseen},
              kFqVit},
};

constexpr double kMostOff = 0.3;  ///< points, in single precision

double image_error(double percent, std::size_t images) {
  return std::sqrt(percent * (100 - percent) / static_cast<double>(images));
}

std::string verdict(double difference, double tolerance) {
  return fmt::format("{} ({:+.2f})", std::abs(difference) <= tolerance ? "agrees" : "differs", difference);
}

}  // namespace

std::optional<double> published_single_precision(ModelName model) {
  return cell({81.39, 84.54, 72.21, 79.85, 81.85, 81.39, 83.23, 85.27}, model);
}

std::optional<PublishedAccuracy> published_uniform(ModelName model, Method method, Scheme scheme, int bits) {
  for (const auto& published : kUniform) {
    if (published.method != method || published.scheme != scheme || published.bits != bits) continue;
    if (const auto percent = cell(published.row, model)) return PublishedAccuracy{*percent, published.mark};
  }
  return std::nullopt;
}

std::string single_precision_problem(ModelName model, const Accuracy& accuracy) {
  const auto published = published_single_precision(model);
  if (!published || accuracy.hit.size() < kValidationImages) return {};
  const double found = accuracy.percent();
  if (std::abs(found - *published) <= kMostOff) return {};
  return fmt::format(
      "{} in single precision has {:.2f} % on ImageNet's validation images, and {:.2f} % was published: its "
      "checkpoint, the images or their crop are others, so that nothing of it can be held against what was "
      "published",
      title_of(model), found, *published);
}

std::string single_precision_note(ModelName model, const Accuracy& accuracy) {
  const auto published = published_single_precision(model);
  if (!published || accuracy.hit.empty()) return {};
  if (const auto problem = single_precision_problem(model, accuracy); !problem.empty())
    return fmt::format("WARNING: {}.", problem);
  if (accuracy.hit.size() >= kValidationImages) return {};
  return fmt::format(
      "{} in single precision has {:.2f} % on {} validation images; {:.2f} % was published for "
      "all {}.",
      title_of(model), accuracy.percent(), accuracy.hit.size(), *published, kValidationImages);
}

std::string single_precision_verdict(ModelName model, const Accuracy& accuracy) {
  const auto published = published_single_precision(model);
  if (!published || accuracy.hit.empty()) return "-";
  const double found = accuracy.percent();
  double tolerance = std::string(name_of(model)).starts_with("deit") ? 0.2 : 0.1;
  if (accuracy.hit.size() < kValidationImages)
    tolerance = std::max(tolerance, 2 * image_error(found, accuracy.hit.size()));
  return verdict(found - *published, tolerance);
}

std::string quantized_verdict(double published, const std::vector<Accuracy>& seeds) {
  RunningMoments percents;
  std::size_t images = 0;
  for (const auto& one : seeds) {
    if (one.hit.empty()) continue;
    percents.add(one.percent());
    images = one.hit.size();
  }
  if (percents.count() == 0) return "-";
  const double error = std::hypot(image_error(percents.mean(), images), std::sqrt(percents.variance()));
  return verdict(percents.mean() - published, std::max(0.5, 2 * error));
}

}  // namespace reprise::mptq_vit
