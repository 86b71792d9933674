#include "workers/mptq_vit/site_values.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/quantise/candidates.hpp"
#include "kernels/quantise/channel_search.hpp"
#include "workers/mptq_vit/observers.hpp"

namespace reprise::mptq_vit {
namespace {

using nn::SearchKind;
using nn::SiteKind;

constexpr std::int64_t kBatches = 10;

double mean_square(const nn::Quantizer& quantizer, const SiteValues& values) {
  const auto grouping =
      quantizer.scale.size() == 1 ? nn::Grouping::whole() : nn::Grouping::last_axis(values.channels());
  return nn::squared_errors(std::span(&quantizer, 1), grouping, values.values()).at(0) / values.count();
}

FoundQuantizer judged(nn::Quantizer quantizer, const SiteValues& values) {
  const double error = mean_square(quantizer, values);
  return {std::move(quantizer), error};
}

FoundQuantizer least_of(const std::vector<nn::Quantizer>& candidates, const SiteValues& values) {
  const auto errors = nn::squared_errors(candidates, nn::Grouping::whole(), values.values());
  const auto chosen = nn::first_least(errors);
  return {candidates[chosen], errors[chosen] / values.count()};
}

FoundQuantizer searched(SearchKind kind, int bits, const SiteValues& values) {
  return least_of(nn::candidates({kind, bits, values.range(), {}}), values);
}

/// OPT-m with the ratio that is best at 8 bits.
FoundQuantizer frozen(SearchKind kind, int bits, const SiteValues& values) {
  const nn::Search at_eight{kind, 8, values.range(), {}};
  const auto wide = nn::candidates(at_eight);
  const auto best = nn::first_least(nn::squared_errors(wide, nn::Grouping::whole(), values.values()));
  const auto ratio = nn::settings(at_eight)[best].m;
  const nn::Search search{kind, bits, values.range(), {}};
  const auto settings = nn::settings(search);
  const auto all = nn::candidates(search);
  std::vector<nn::Quantizer> candidates;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (settings[i].m == ratio) candidates.push_back(all[i]);
  return least_of(candidates, values);
}

/// RepQ-ViT's: the pair of quantiles of least squared error.
constexpr std::array kLevels{0.999, 0.9999, 0.99999};

FoundQuantizer logarithmic(int bits, const SiteValues& values) {
  nn::Search search{SearchKind::log_sqrt2, bits, values.range(), {}};
  for (const double level : kLevels) search.scales.push_back(nn::quantile_range(values.values(), level).high);
  return least_of(nn::candidates(search), values);
}

FoundQuantizer two_scales(int bits, const SiteValues& values) {
  const float most = nn::magnitude(values.range());
  const auto candidates = nn::two_scale_candidates(most, bits);
  const auto errors = nn::channel_errors(candidates, values.channels(), values.values());
  auto best = nn::best_two_scales(most, bits, values.channels(), errors);
  return {std::move(best.quantizer), best.error / values.count()};
}

FoundQuantizer power_factors(int bits, const SiteValues& values) {
  const auto candidates = nn::power_factor_candidates(values.range(), bits);
  const auto errors = nn::channel_errors(candidates, values.channels(), values.values());
  return judged(nn::best_power_factors(values.range(), bits, values.channels(), errors).quantizer, values);
}

FoundQuantizer within(const nn::Range& range, int bits, const SiteValues& values) {
  return judged(nn::asymmetric_quantizer(std::span(&range, 1), bits), values);
}

FoundQuantizer by_activation_rule(ActivationRule rule, int bits, const SiteValues& values) {
  const std::span range(&values.range(), 1);
  switch (rule) {
    case ActivationRule::mse:
      return searched(SearchKind::symmetric, bits, values);
    case ActivationRule::asymmetric_minmax:
      return within(values.range(), bits, values);
    case ActivationRule::percentile:
      return find_between_quantiles(values.values(), bits);
    case ActivationRule::moving_minmax:
      return within(moving_range(values.batches()), bits, values);
    case ActivationRule::moving_percentile:
      return within(moving_quantiles(values), bits, values);
    case ActivationRule::shrunk:
      return within(shrunk_range(values, bits), bits, values);
    case ActivationRule::minmax:
      break;
  }
  return judged(nn::symmetric_quantizer(range, bits), values);
}

}  // namespace

FoundQuantizer find_between_quantiles(std::span<const float> values, int bits) {
  std::vector<nn::Quantizer> candidates;
  for (const double level : kLevels) {
    const auto range = nn::quantile_range(values, level);
    candidates.push_back(nn::unclamped_quantizer(std::span(&range, 1), bits));
  }
  const auto errors = nn::squared_errors(candidates, nn::Grouping::whole(), values);
  const auto chosen = nn::first_least(errors);
  return {candidates[chosen], errors[chosen] / static_cast<double>(values.size())};
}

SiteValues::SiteValues(Kept kept, std::int64_t channels, std::int64_t elements, std::int64_t images)
    : kept_(kept), channels_(channels), elements_(elements), images_(images) {
  expects(channels > 0 && elements % channels == 0, "values come in rows of channels");
  expects(images > 0 && elements % images == 0, "images have equally many values");
  batches_.resize(static_cast<std::size_t>(std::min(kBatches, images)));
}

std::int64_t SiteValues::batch_begin(std::size_t batch) const {
  const auto first_image = images_ * static_cast<std::int64_t>(batch) / std::ssize(batches_);
  return elements_ / images_ * first_image;
}

std::span<const float> SiteValues::of_batch(std::size_t batch) const {
  expects(kept_ == Kept::all && seen_ == elements_, "all values are there");
  const auto begin = static_cast<std::size_t>(batch_begin(batch));
  return std::span(values_).subspan(begin, static_cast<std::size_t>(batch_begin(batch + 1)) - begin);
}

void SiteValues::add(std::span<const float> values) {
  keep(values);
  for (std::size_t batch = 0; batch < batches_.size(); ++batch) {
    const auto begin = std::max(batch_begin(batch), seen_);
    const auto end = std::min(batch_begin(batch + 1), seen_ + std::ssize(values));
    if (begin >= end) continue;
    const auto own = nn::range(
        values.subspan(static_cast<std::size_t>(begin - seen_), static_cast<std::size_t>(end - begin)));
    batches_[batch] = nn::merged(batches_[batch], own);
    range_ = nn::merged(range_, own);
  }
  seen_ += std::ssize(values);
}

void SiteValues::keep(std::span<const float> values) {
  if (kept_ == Kept::all) {
    values_.insert(values_.end(), values.begin(), values.end());
  } else if (kept_ == Kept::spread) {
    const auto some = nn::searched_elements(seen_, values, elements_);
    values_.insert(values_.end(), some.begin(), some.end());
  } else {
    const auto stride = nn::search_stride(elements_);
    const auto width = static_cast<std::size_t>(channels_);
    const auto rows = static_cast<std::int64_t>(values.size() / width);
    for (std::int64_t row = 0; row < rows; ++row) {
      if ((seen_ / channels_ + row) % stride != 0) continue;
      const auto own = values.subspan(static_cast<std::size_t>(row) * width, width);
      values_.insert(values_.end(), own.begin(), own.end());
    }
  }
}

SiteValues::Kept kept_for(const Recipe& recipe, nn::SiteKind site) {
  if (site == SiteKind::residual && recipe.residual != ResidualRule::as_others) return SiteValues::Kept::rows;
  switch (recipe.activations) {
    case ActivationRule::percentile:
    case ActivationRule::moving_percentile:
    case ActivationRule::shrunk:
      return SiteValues::Kept::all;
    default:
      return SiteValues::Kept::spread;
  }
}

FoundQuantizer find_quantizer(const Recipe& recipe, nn::SiteKind site, int bits, const SiteValues& values) {
  if (site == SiteKind::image) return within(values.range(), bits, values);
  if (site == SiteKind::fc2_input) {
    switch (recipe.gelu) {
      case GeluRule::fixed:
        return searched(SearchKind::fixed_sign_regions, bits, values);
      case GeluRule::optm_sign:
        return searched(SearchKind::sign_regions, bits, values);
      case GeluRule::optm_magnitude:
        return searched(SearchKind::magnitude_regions, bits, values);
      case GeluRule::frozen_magnitude:
        return frozen(SearchKind::magnitude_regions, bits, values);
      case GeluRule::as_others:
        break;
    }
  }
  if (site == SiteKind::probabilities) {
    switch (recipe.probabilities) {
      case ProbabilityRule::log2:
        return searched(SearchKind::log2, bits, values);
      case ProbabilityRule::log_sqrt2:
        return logarithmic(bits, values);
      case ProbabilityRule::optm:
        return searched(SearchKind::probability_regions, bits, values);
      case ProbabilityRule::frozen:
        return frozen(SearchKind::probability_regions, bits, values);
      case ProbabilityRule::twin:
        return searched(SearchKind::twin_probabilities, bits, values);
      case ProbabilityRule::as_others:
        break;
    }
  }
  if (site == SiteKind::residual) {
    if (recipe.residual == ResidualRule::two_scales) return two_scales(bits, values);
    if (recipe.residual == ResidualRule::powers_of_two) return power_factors(bits, values);
  }
  return by_activation_rule(recipe.activations, bits, values);
}

}  // namespace reprise::mptq_vit
