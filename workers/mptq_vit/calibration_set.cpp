#include "workers/mptq_vit/calibration_set.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "pipeline/base/errors.hpp"

namespace reprise::mptq_vit {

nn::Tensor calibration_images(const CalibrationSet& set, std::uint32_t first, std::uint32_t count) {
  const auto places = calibration_places(set.seed, image_count(set.images, Part::training), set.count);
  return load_images(set.images, set.model.name, Part::training, std::span(places).subspan(first, count))
      .pixels;
}

std::int64_t activation_budget() {
  constexpr std::int64_t kDefault = 1024;
  std::int64_t megabytes = kDefault;
  if (const char* const set = std::getenv("REPRISE_ACTIVATIONS")) {
    const std::string_view text(set);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), megabytes);
    if (error != std::errc() || end != text.data() + text.size() || megabytes < 0)
      throw UsageError("REPRISE_ACTIVATIONS is a number of megabytes, not \"" + std::string(text) + "\"");
  }
  return megabytes * 1'000'000;
}

StepInputs::StepInputs(std::shared_ptr<const nn::VisionModel> model, const nn::Tensor& images,
                       MakeArithmetic arithmetic)
    : model_(std::move(model)), arithmetic_(std::move(arithmetic)) {
  std::vector<nn::Tensor> now;
  for (std::int64_t first = 0; first < images.size(0); first += kChunk)
    now.push_back(images.slice(0, first, std::min(kChunk, images.size(0) - first)));
  auto left = activation_budget();
  const auto pass = arithmetic_();
  kept_.resize(static_cast<std::size_t>(nn::step_count(model_->shape)));
  kept_[0] = now;  // a view: takes no room
  for (std::size_t step = 1; step < kept_.size(); ++step) {
    std::int64_t bytes = 0;
    for (auto& chunk : now) {
      chunk = nn::run_step(*model_, static_cast<std::int32_t>(step) - 1, chunk, *pass);
      bytes += chunk.elements() * static_cast<std::int64_t>(sizeof(float));
    }
    if (bytes > left) continue;
    left -= bytes;
    kept_[step] = now;
  }
}

std::vector<nn::Tensor> StepInputs::at(std::int32_t step) const {
  auto from = static_cast<std::size_t>(step);
  while (kept_[from].empty()) --from;
  auto now = kept_[from];
  const auto pass = arithmetic_();
  for (; from < static_cast<std::size_t>(step); ++from)
    for (auto& chunk : now) chunk = nn::run_step(*model_, static_cast<std::int32_t>(from), chunk, *pass);
  return now;
}

}  // namespace reprise::mptq_vit
