#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/vision/forward.hpp"
#include "pipeline/run/paper.hpp"
#include "workers/mptq_vit/calibration_set.hpp"

namespace reprise::mptq_vit {

/// A share of the calibration images, as the model in single precision sees them.
struct ImageShare {
  CalibrationSet set;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

constexpr auto fields(const ImageShare*) {
  using S = ImageShare;
  return std::tuple{field("set", &S::set, "model and images"),
                    field("first", &S::first, "of the set's images"), field("count", &S::count, "images")};
}

/// The least and greatest value of each channel (the last axis) of each site, one site after another.
struct ChannelRanges {
  std::vector<float> low;
  std::vector<float> high;
};

constexpr auto fields(const ChannelRanges*) {
  return std::tuple{field("low", &ChannelRanges::low, "least value of each channel of each site"),
                    field("high", &ChannelRanges::high, "greatest value of each channel of each site")};
}

/// The shares' ranges together: exact, so in any order.
[[nodiscard]] ChannelRanges merged(std::span<const ChannelRanges> shares);

/// Where each site's channels begin in ChannelRanges; one more at the end.
[[nodiscard]] std::vector<std::size_t> channel_offsets(std::span<const nn::Site> sites);

/// Shows every activation of a forward pass to a function.
class Recorder : public nn::Arithmetic {
 public:
  using Visit = std::function<void(std::size_t site, const nn::Tensor& x)>;
  explicit Recorder(Visit visit) : visit_(std::move(visit)) {}
  nn::Tensor activation(std::size_t site, nn::Tensor x) override {
    visit_(site, x);
    return x;
  }

 private:
  Visit visit_;
};

/// Throws Error naming the site where one of its values is no finite number.
void require_finite(ModelName model, const nn::Site& site, std::span<const float> values);

/// Throws Error as require_finite().
ChannelRanges range_share(const ImageShare& input, TaskContext& context);
/// Seconds of a forward pass of so many images.
[[nodiscard]] double forward_seconds(ModelName model, double images);

inline const Task<ImageShare, ChannelRanges> kRanges{
    "mptq_vit.ranges", 1, range_share, "ranges of activations over some calibration images",
    [](const ImageShare& input) { return forward_seconds(input.set.model.name, input.count); }};

}  // namespace reprise::mptq_vit
