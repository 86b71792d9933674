#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise::deep_probability {

/// Pairs of logits [n, 2] (no event, event), row-major, that someone else owns, in either precision.
class LogitView {
 public:
  template <class Values>
  requires std::convertible_to<const Values&, std::span<const float>> LogitView(const Values& values)
      : LogitView(std::span<const float>(values), nullptr) {}  // NOLINT: a view
  template <class Values>
  requires std::convertible_to<const Values&, std::span<const double>> LogitView(const Values& values)
      : LogitView(std::span<const double>(values), nullptr) {}  // NOLINT: a view

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double operator()(std::size_t sample, std::size_t outcome) const {
    const std::size_t place = 2 * sample + outcome;
    return single_ != nullptr ? static_cast<double>(single_[place]) : double_[place];
  }
  /// Log-odds of the event, l_1 - l_0.
  [[nodiscard]] double log_odds(std::size_t sample) const { return (*this)(sample, 1) - (*this)(sample, 0); }

 private:
  LogitView(std::span<const float> values, std::nullptr_t);
  LogitView(std::span<const double> values, std::nullptr_t);

  const float* single_ = nullptr;
  const double* double_ = nullptr;
  std::size_t count_ = 0;
};

/// softmax(l)_1 of each pair.
[[nodiscard]] std::vector<double> event_probabilities(LogitView logits);

/// Observed outcomes, 0 or 1.
using Labels = std::span<const std::uint8_t>;

/// Labels as targets of a loss.
[[nodiscard]] std::vector<double> hard_targets(Labels labels);

}  // namespace reprise::deep_probability
