#pragma once

#include <cstdint>
#include <limits>

namespace reprise::nn {

/// When and how a learning rate falls: on a plateau of the validation log-loss (training of Liu et al., ICML
/// 2022).
struct PlateauRule {
  double rate = 0.1;                ///< at first
  std::int32_t patience = 5;        ///< epochs without improvement that are borne
  double factor = 0.5;              ///< of the rate, then
  double least_rate = 1e-6;         ///< it never falls below
  double least_improvement = 1e-4;  ///< relative; less counts as none
};

/// All that a resumed schedule needs.
struct PlateauState {
  double rate = 0.1;
  double best = std::numeric_limits<double>::infinity();
  std::int32_t bad_epochs = 0;

  friend bool operator==(const PlateauState&, const PlateauState&) = default;
};

/// The learning rate, told the validation loss after each epoch.
class PlateauSchedule {
 public:
  /// Throws std::invalid_argument where the rule is none.
  explicit PlateauSchedule(const PlateauRule& rule);
  /// Goes on from a state.
  PlateauSchedule(const PlateauRule& rule, const PlateauState& state);

  /// The rate of the next epoch. A loss that is not a number is no improvement.
  double step(double loss);

  [[nodiscard]] double rate() const { return state_.rate; }
  [[nodiscard]] const PlateauState& state() const { return state_; }

 private:
  PlateauRule rule_;
  PlateauState state_;
};

}  // namespace reprise::nn
