#include "workers/deep_probability/histogram_binning.hpp"

#include <algorithm>

#include "kernels/expects.hpp"
#include "workers/deep_probability/calibration_error.hpp"

namespace reprise::deep_probability {

std::vector<double> HistogramBinning::apply(LogitView logits) const {
  std::vector<double> probability = event_probabilities(logits);
  for (double& p : probability) {
    p = share.at(static_cast<std::size_t>(equal_width_bin(p, static_cast<int>(share.size()))));
  }
  return probability;
}

HistogramBinning fit_histogram_binning(LogitView logits, Labels labels, int bins) {
  expects(bins > 0, "there is at least one bin");
  expects(logits.count() == labels.size(), "every sample has its label");
  HistogramBinning fitted{std::vector<double>(static_cast<std::size_t>(bins))};
  std::vector<double> count(fitted.share.size());
  const std::vector<double> probability = event_probabilities(logits);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto bin = static_cast<std::size_t>(equal_width_bin(probability[i], bins));
    fitted.share[bin] += labels[i];
    count[bin] += 1.0;
  }
  for (std::size_t bin = 0; bin < count.size(); ++bin) {
    fitted.share[bin] /= std::max(count[bin], 1.0);
  }
  return fitted;
}

}  // namespace reprise::deep_probability
