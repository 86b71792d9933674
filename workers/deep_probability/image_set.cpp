#include "workers/deep_probability/image_set.hpp"

#include <mutex>

#include "workers/deep_probability/pseudo_age.hpp"
#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {

struct ImageSet::File {
  Key digest;
  std::shared_ptr<const FashionImages> images;
  std::vector<double> age;
};

SyntheticData with_digest(SyntheticData data) {
  const Key key = fashion_digest();
  data.digest_high = key.high;
  data.digest_low = key.low;
  return data;
}

/// Made once a process: tasks of all scenarios and seeds share it.
std::shared_ptr<const ImageSet::File> ImageSet::file(const SyntheticData& data) {
  static std::mutex mutex;
  static std::shared_ptr<const File> last;
  const Key wanted{data.digest_high, data.digest_low};
  const std::lock_guard lock(mutex);
  if (last != nullptr && last->digest == wanted) return last;
  auto made = std::make_shared<File>();
  made->digest = wanted;
  made->images = fashion_images(wanted);
  made->age = pseudo_ages(*made->images);
  last = made;
  return last;
}

namespace {

ImagePart members_of(const ImagePart& part, std::span<const std::uint32_t> members) {
  ImagePart chosen;
  for (const auto member : members) {
    chosen.image.push_back(part.image.at(member));
    chosen.probability.push_back(part.probability[member]);
    chosen.label.push_back(part.label[member]);
  }
  return chosen;
}

}  // namespace

ImageSet::ImageSet(const SyntheticData& data) : data_(data), file_(file(data)) {
  probability_.reserve(file_->age.size());
  for (const double age : file_->age) probability_.push_back(risk(data.scenario, age));
  const auto label = draw_labels(data.seed, data.scenario, probability_);
  const auto parts =
      split(data.seed, data.training, data.validation, data.test,
            {file_->images->for_training, file_->images->count() - file_->images->for_training});
  const auto take = [&](const std::vector<std::uint32_t>& images) {
    ImagePart part{images, {}, {}};
    for (const auto image : images) {
      part.probability.push_back(probability_[image]);
      part.label.push_back(label[image]);
    }
    return part;
  };
  training_ = take(parts.train);
  validation_ = take(parts.validation);
  test_ = take(parts.test);
}

ImageSet ImageSet::with_training(std::span<const std::uint32_t> members) const {
  auto images = *this;
  images.training_ = members_of(training_, members);
  return images;
}

std::vector<std::uint8_t> ImageSet::redrawn_labels(std::uint64_t epoch) const {
  const auto all = redraw_labels(data_.seed, epoch, data_.scenario, probability_);
  std::vector<std::uint8_t> labels;
  for (const auto image : training_.image) labels.push_back(all[image]);
  return labels;
}

SplitSamples ImageSet::samples() const {
  const auto set = [this](const ImagePart& part) {
    return SampleSet{[this, &part](std::span<const std::uint32_t> members) { return batch(part, members); },
                     part.label, part.probability};
  };
  return {set(training_), set(validation_), set(test_)};
}

nn::Tensor ImageSet::batch(const ImagePart& part, std::span<const std::uint32_t> members) const {
  constexpr auto kPixels = FashionImages::kPixels;
  nn::Tensor images({static_cast<std::int64_t>(members.size()), 1, 28, 28});
  auto* to = images.mutable_data<float>();
  for (const auto member : members) {
    const auto* const from = file_->images->pixels.data() + part.image[member] * kPixels;
    for (std::size_t k = 0; k < kPixels; ++k) *to++ = static_cast<float>(from[k]) / 255.0F;
  }
  return images;
}

}  // namespace reprise::deep_probability
