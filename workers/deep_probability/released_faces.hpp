#pragma once

#include <array>

#include "workers/deep_probability/scenario.hpp"

namespace reprise::deep_probability {

/// Predictions that the authors released for 4738 held-out faces, one run each, scored by our metrics.
struct Released {
  Scenario scenario;
  const char* method;  ///< in the list of methods
  const char* label;   ///< theirs
  double squared_error;
  double divergence;  ///< nat
  double brier;
  double log_loss;  ///< nat
  double area_under_curve;
  double calibration_error;
  double largest_calibration_error;
  double kolmogorov_smirnov;
  double extreme;  ///< share of predictions outside [0.05, 0.95]
};

// clang-format off
inline constexpr std::array kReleased{
    Released{Scenario::linear, "infinite_data", "infinite data",
             0.0122, 0.0305, 0.1938, 0.5658, 0.7086, 0.0313, 0.0875, 0.0270, 0.069},
    Released{Scenario::linear, "ce_last", "overfit",
             0.1038, 0.6312, 0.2911, 1.2000, 0.6161, 0.2483, 0.5270, 0.1460, 0.521},
    Released{Scenario::linear, "ce", "early stop",
             0.0368, 0.0886, 0.2193, 0.6257, 0.6701, 0.1064, 0.2601, 0.1056, 0.024},
    Released{Scenario::linear, "cape_bin", "CaPE-bin",
             0.0241, 0.0625, 0.2067, 0.5992, 0.6692, 0.0617, 0.1714, 0.0294, 0.056},
    Released{Scenario::discrete, "infinite_data", "infinite data",
             0.0151, 0.0360, 0.2040, 0.5950, 0.6874, 0.0288, 0.0721, 0.0188, 0.001},
    Released{Scenario::discrete, "ce_last", "overfit",
             0.1039, 0.5461, 0.2878, 1.0873, 0.6150, 0.2417, 0.4108, 0.1394, 0.435},
    Released{Scenario::discrete, "ce", "early stop",
             0.0261, 0.0635, 0.2139, 0.6203, 0.6527, 0.0504, 0.1174, 0.0239, 0.020},
    Released{Scenario::discrete, "cape_bin", "CaPE-bin",
             0.0248, 0.0587, 0.2115, 0.6133, 0.6608, 0.0449, 0.1118, 0.0200, 0.007}};
// clang-format on

}  // namespace reprise::deep_probability
