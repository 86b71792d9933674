#include "workers/deep_probability/real_samples.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/base/errors.hpp"
#include "workers/deep_probability/face_archives.hpp"
#include "workers/deep_probability/packed_images.hpp"
#include "workers/deep_probability/slide_embeddings.hpp"

namespace reprise::deep_probability {
namespace {

constexpr std::int64_t kEvaluatedElements = std::int64_t{1} << 23U;
constexpr std::int64_t kEvaluatedBags = 16;

/// The files of the data set, which must be those that the run began with.
Located located(const RealSamples& data) {
  const auto& set = data_set_of(data.source);
  auto found = require(set);
  if (fingerprint(set, found) != Key{data.digest_high, data.digest_low})
    throw Error(fmt::format("the data set {} in {} differs from the one that the run began with", set.id,
                            found.folder.string()));
  return found;
}

}  // namespace

const DataSet& data_set_of(RealSource source) {
  switch (source) {
    case RealSource::utkface:
      return face_archives();
    case RealSource::radar:
      return radar_maps();
    case RealSource::slides:
      return slide_embeddings();
    case RealSource::dashcam_frames:
      return dashcam_frames();
    case RealSource::dashcam:
      return packed_dashcam();
    case RealSource::faces:
      break;
  }
  return packed_faces();
}

RealSamples with_fingerprint(RealSamples data) {
  const auto& set = data_set_of(data.source);
  const Key key = fingerprint(set, require(set));
  data.digest_high = key.high;
  data.digest_low = key.low;
  return data;
}

LabelledSamples load(const RealSamples& data, std::span<const double> crop_means) {
  const auto found = located(data);
  switch (data.source) {
    case RealSource::utkface:
      return load_face_archives(found.folder, data.scenario, data.seed);
    case RealSource::radar:
      return load_radar_maps(found.files[0], data.radar, crop_means, data.split);
    case RealSource::slides:
      return load_slide_embeddings(found.folder, data.inputs, data.seed, data.split);
    case RealSource::dashcam_frames:
      return load_dashcam_frames(found.folder, data.windows, data.seed, data.split);
    case RealSource::dashcam:
      return load_packed_images(found.files[0], std::nullopt, data.seed, data.split);
    case RealSource::faces:
      break;
  }
  return load_packed_images(found.files[0], data.scenario, data.seed, data.split);
}

RealSamples with_counts(RealSamples data, const LabelledSamples& samples) {
  const auto shape = samples.reader->shape();
  data.training = samples.training.count();
  data.validation = samples.validation.count();
  data.channels = static_cast<std::int32_t>(shape[0]);
  data.side = shape.rank() == 1 ? 0 : static_cast<std::int32_t>(shape[1]);
  return data;
}

LabelledSamples load(const RealSamples& data, TaskContext& context) {
  std::vector<double> means;
  for (const auto& share : data.crop_means) {
    const auto some = context.result(share).mean;
    means.insert(means.end(), some.begin(), some.end());
  }
  return load(data, means);
}

SplitSamples split_samples(const LabelledSamples& samples) {
  const auto set = [&](const ImagePart& part) {
    return SampleSet{[reader = samples.reader, image = part.image](std::span<const std::uint32_t> members) {
                       std::vector<std::uint32_t> chosen;
                       for (const auto member : members) chosen.push_back(image[member]);
                       return reader->read(chosen);
                     },
                     part.label, part.probability};
  };
  const auto shape = samples.reader->shape();
  const auto together = shape.rank() == 1
                            ? kEvaluatedBags
                            : std::clamp<std::int64_t>(kEvaluatedElements / shape.elements(), 1, 500);
  return {set(samples.training), set(samples.validation), set(samples.test),
          static_cast<std::uint32_t>(together)};
}

CropMeans crop_means_of(const CropShare& share, TaskContext&) {
  const auto found = located(share.data);
  return {crop_means(found.files[0], share.data.radar, share.first, share.count)};
}

}  // namespace reprise::deep_probability
