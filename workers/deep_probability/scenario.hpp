#pragma once

#include <array>
#include <cstdint>

namespace reprise::deep_probability {

/// How the risk p depends on age: the five synthetic scenarios of Liu et al., "Deep Probability Estimation",
/// ICML 2022, in the order that numbers their random streams.
enum class Scenario : std::uint8_t { linear, sigmoid, centered, skewed, discrete };

inline constexpr std::array kScenarios{Scenario::linear, Scenario::sigmoid, Scenario::centered,
                                       Scenario::skewed, Scenario::discrete};

/// Probability of the event at an age in years, in the forms that the authors' README gives (their code
/// mirrors sigmoid and has >= for > in discrete): linear z/100, sigmoid 1/(1 + exp(-25 (z/100 - 0.29))),
/// centered z/300 + 0.35, skewed z/250, discrete 0.1 and 0.2 more above each of 20, 40, 60, 80. Ages above
/// 100 count as 100.
[[nodiscard]] double risk(Scenario scenario, double age);

}  // namespace reprise::deep_probability
