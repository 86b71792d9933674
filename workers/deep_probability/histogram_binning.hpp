#pragma once

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// Histogram binning (Zadrozny and Elkan, ICML 2001): the share of events among validation samples in the
/// same of some equally wide bins (low, high] of the probability; 0 in bins without samples, as in the code
/// of Liu et al., ICML 2022.
struct HistogramBinning {
  std::vector<double> share;  ///< [bins]

  [[nodiscard]] std::vector<double> apply(LogitView logits) const;
};

[[nodiscard]] HistogramBinning fit_histogram_binning(LogitView logits, Labels labels, int bins = 15);

}  // namespace reprise::deep_probability
