#include "workers/mptq_vit/published_accuracy.hpp"

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
  int bits;
  Row row;
  const char* mark;
};

constexpr const char* kRepq = "[paper: RepQ-ViT's repository]";
constexpr std::array kUniform{
    Published{Method::repq, 6, {80.43, 83.62, 70.76, 78.90, 81.27, 80.69, 82.79, kUnseen}, kRepq},
    Published{Method::repq, 4, {65.05, 68.48, 57.43, 69.03, 75.61, 72.31, 79.45, kUnseen}, kRepq},
    Published{Method::fq_vit, 4, {.10, .10, .10, .10, .10, kUnseen, .10, kUnseen}, "[known]"},
};

}  // namespace

std::optional<double> published_single_precision(ModelName model) {
  return cell({81.39, 84.54, 72.21, 79.85, 81.85, 81.39, 83.23, 85.27}, model);
}

std::optional<PublishedAccuracy> published_uniform(ModelName model, Method method, int bits) {
  for (const auto& published : kUniform) {
    if (published.method != method || published.bits != bits) continue;
    if (const auto percent = cell(published.row, model)) return PublishedAccuracy{*percent, published.mark};
  }
  return std::nullopt;
}

}  // namespace reprise::mptq_vit
