#pragma once

#include "kernels/vision/vision_model.hpp"
#include "workers/mptq_vit/site_values.hpp"
#include "workers/mptq_vit/step_search.hpp"

namespace reprise::mptq_vit {

/// The same function with three channels of each norm's output 16 times as wide and shifted by -24, which the
/// linear layer behind makes good: what large ViTs have and small ones lack. Pair p of nn::norm_pairs(), q =
/// 0, 1, 2: channel (7 p + 13 q) mod channels.
[[nodiscard]] nn::VisionModel with_outliers(const nn::VisionModel& model);

/// Where the values at a site lie over all calibration images.
struct HistogramInput {
  CalibrationSet set;
  std::vector<Ref<Fold>> fold;
  std::uint32_t site = 0;
  std::uint32_t bins = 96;
  Recipe recipe;
  std::int32_t bits = 4;  ///< of the quantizer that is shown with it
};

constexpr auto fields(const HistogramInput*) {
  using H = HistogramInput;
  return std::tuple{field("set", &H::set, "model and images"),
                    field("fold", &H::fold, "how norms are folded"),
                    field("site", &H::site, "which site"),
                    field("bins", &H::bins, "bins"),
                    field("recipe", &H::recipe, "how its quantizer is calibrated"),
                    field("bits", &H::bits, "of that quantizer", "bit")};
}

struct SiteHistogram {
  double low = 0;  ///< edges of the first and last bin: all values
  double high = 0;
  std::vector<std::uint64_t> count;  ///< [bins]
  std::vector<float> channel_low;    ///< [channels]
  std::vector<float> channel_high;   ///< [channels]
  double least_code = 0;             ///< what the quantizer can represent
  double largest_code = 0;
  double error = 0;  ///< mean square of what it loses over the mean square of the values
};

constexpr auto fields(const SiteHistogram*) {
  using S = SiteHistogram;
  return std::tuple{field("low", &S::low, "edge of the first bin"),
                    field("high", &S::high, "edge of the last bin"),
                    field("count", &S::count, "values in each bin"),
                    field("channel_low", &S::channel_low, "least value of each channel"),
                    field("channel_high", &S::channel_high, "greatest value of each channel"),
                    field("least_code", &S::least_code, "least value that the quantizer has"),
                    field("largest_code", &S::largest_code, "greatest value that the quantizer has"),
                    field("error", &S::error, "mean square of what it loses over that of the values")};
}

SiteHistogram histogram_of(const HistogramInput& input, TaskContext& context);
inline const Task<HistogramInput, SiteHistogram> kHistogram{
    "mptq_vit.histogram", 1, histogram_of, "where activations lie, and what a quantizer has of it", nullptr};

}  // namespace reprise::mptq_vit
