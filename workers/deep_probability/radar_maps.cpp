#include "workers/deep_probability/radar_maps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "kernels/expects.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/common/data_archive.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kLogShift = 0.01;

/// Minutes since 1970 of the twelve digits in a name; nothing where that is no time.
std::optional<std::int64_t> time_of(const std::string& name) {
  std::string digits;
  std::ranges::copy_if(name, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  if (digits.size() == 14 && digits.ends_with("00")) digits.resize(12);  // with seconds
  if (digits.size() != 12) return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) {
    return std::stoi(digits.substr(from, count));
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(6, 2)))};
  const int hour = number(8, 2);
  const int minute = number(10, 2);
  if (!day.ok() || hour > 23 || minute > 59) return std::nullopt;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  return (std::int64_t{days} * 24 + hour) * 60 + minute;
}

/// The maps of a file, their middles read one by one.
class MapFile {
 public:
  MapFile(const std::filesystem::path& file, const RadarSampling& sampling)
      : archive_(file), sampling_(sampling), names_(archive_.names()) {
    reprise::expects(sampling.crop > 0 && sampling.crop <= sampling.side, "a crop lies within a map");
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t cells() const {
    return static_cast<std::size_t>(sampling_.crop) * static_cast<std::size_t>(sampling_.crop);
  }
  void read(std::size_t map, std::span<float> cells) const {
    const auto side = static_cast<std::uint64_t>(sampling_.side);
    const auto crop = static_cast<std::uint64_t>(sampling_.crop);
    const auto from = (side - crop) / 2;
    archive_.array(names_.at(map), {{}, {side, side}}).read_block({from, from}, {crop, crop}, cells);
  }

 private:
  DataArchive archive_;
  RadarSampling sampling_;
  std::vector<std::string> names_;
};

class RadarReader final : public SampleReader {
 public:
  RadarReader(const std::filesystem::path& file, const RadarSampling& sampling,
              std::vector<std::uint32_t> first)
      : maps_(file, sampling), sampling_(sampling), first_(std::move(first)) {}

  [[nodiscard]] nn::Shape shape() const override {
    return {sampling_.frames, sampling_.crop, sampling_.crop};
  }
  [[nodiscard]] nn::Tensor read(std::span<const std::uint32_t> samples) const override {
    nn::Tensor batch(
        {static_cast<std::int64_t>(samples.size()), sampling_.frames, sampling_.crop, sampling_.crop});
    std::span<float> rest(batch.mutable_data<float>(), static_cast<std::size_t>(batch.elements()));
    for (const auto sample : samples) {
      for (std::int32_t frame = 0; frame < sampling_.frames; ++frame) {
        maps_.read(first_.at(sample) + static_cast<std::size_t>(frame * sampling_.step),
                   rest.first(maps_.cells()));
        rest = rest.subspan(maps_.cells());
      }
    }
    if (sampling_.transform == RadarTransform::log) {
      auto* const value = batch.mutable_data<float>();
      for (std::int64_t i = 0; i < batch.elements(); ++i)
        value[i] = static_cast<float>(std::log(static_cast<double>(value[i]) + kLogShift));
    }
    return batch;
  }

 private:
  MapFile maps_;
  RadarSampling sampling_;
  std::vector<std::uint32_t> first_;
};

/// So many of a part's samples, evenly spread.
std::vector<std::uint32_t> spread(const std::vector<std::uint32_t>& all, std::size_t count) {
  if (count >= all.size()) return all;
  std::vector<std::uint32_t> some;
  for (std::size_t k = 0; k < count; ++k) some.push_back(all[k * all.size() / count]);
  return some;
}

}  // namespace

const DataSet& radar_maps() {
  static const DataSet set{"dwd-radar",
                           "composites of Germany's weather radars, every five minutes",
                           {{"radar.h5", {}, {}}},
                           "",
                           "RYDL.hdf5 of doi.org/10.5281/zenodo.3629951 (or more of the DWD's RY product in "
                           "its layout), named radar.h5",
                           {},
                           [](const std::filesystem::path& folder) {
                             return problem_of([&] {
                               const auto file = folder / "radar.h5";
                               const auto means = crop_means(file, {}, 0, map_times(file).size());
                               return load_radar_maps(file, {}, means, {8, 1, 1});
                             });
                           }};
  return set;
}

std::vector<std::int64_t> map_times(const std::filesystem::path& file) {
  const DataArchive archive(file);
  std::vector<std::int64_t> times;
  for (const auto& name : archive.names()) {
    const auto time = time_of(name);
    if (!time)
      archive.refuse(
          name, "has no time in its name; year, month, day, hour and minute belong there, as 201605291805");
    if (!times.empty() && *time <= times.back())
      archive.refuse(name, "comes after a later map; names must sort as their times do");
    times.push_back(*time);
  }
  if (times.empty()) throw UsageError(fmt::format("{} holds no maps", file.string()));
  return times;
}

std::vector<double> crop_means(const std::filesystem::path& file, const RadarSampling& sampling,
                               std::size_t first, std::size_t count) {
  const MapFile maps(file, sampling);
  std::vector<float> cells(maps.cells());
  std::vector<double> means;
  for (std::size_t map = first; map < first + count; ++map) {
    maps.read(map, cells);
    const bool seen = std::ranges::all_of(cells, [](float cell) { return cell >= 0; });  // false of NaN
    const double sum = std::accumulate(cells.begin(), cells.end(), 0.0);
    means.push_back(seen ? sum / static_cast<double>(cells.size()) : std::nan(""));
  }
  return means;
}

RadarSamples radar_samples(std::span<const std::int64_t> times, std::span<const double> means,
                           const RadarSampling& sampling, const Proportions& proportions) {
  reprise::expects(times.size() == means.size(), "there is a mean for each map");
  const auto frames = static_cast<std::size_t>(sampling.frames);
  const auto step = static_cast<std::size_t>(sampling.step);
  const auto last = (frames - 1) * step;
  const auto label = last + static_cast<std::size_t>(sampling.label_offset);
  RadarSamples samples;
  for (std::size_t i = 0; i + label < times.size(); ++i) {
    const auto at = [&](std::size_t offset) {
      return times[i + offset] - times[i] == static_cast<std::int64_t>(offset) * sampling.minutes;
    };
    bool even = at(label);
    bool seen = !std::isnan(means[i + label]);
    for (std::size_t frame = 0; frame < frames; ++frame) {
      even = even && at(frame * step);
      seen = seen && !std::isnan(means[i + frame * step]);
    }
    if (!even) {
      ++samples.uneven;
    } else if (!seen) {
      ++samples.unseen;
    } else {
      samples.first.push_back(static_cast<std::uint32_t>(i));
      samples.outcome.push_back(means[i + label] > means[i + last] ? 1 : 0);
    }
  }
  const auto shares = shared_out(samples.first.size(), proportions);
  const auto wanted = shared_out(sampling.most == 0 ? samples.first.size() : sampling.most, proportions);
  std::array<std::vector<std::uint32_t>*, 3> parts{&samples.parts.train, &samples.parts.validation,
                                                   &samples.parts.test};
  std::uint32_t next = 0;
  std::int64_t until =
      std::numeric_limits<std::int64_t>::min();  // the last time that earlier parts have seen
  for (std::size_t part = 0; part < 3; ++part) {
    std::vector<std::uint32_t> all;
    for (std::size_t k = 0; k < shares[part]; ++k, ++next) {
      if (times[samples.first[next]] > until)
        all.push_back(next);
      else
        ++samples.overlapping;
    }
    if (all.empty())
      throw UsageError(fmt::format(
          "{} samples of radar maps are too few for a split of {} : {} : {} in time ({} were left out as "
          "maps between are missing, {} as cells were not seen, {} as they share time with the part before)",
          samples.first.size(), proportions[0], proportions[1], proportions[2], samples.uneven,
          samples.unseen, samples.overlapping));
    until = times[samples.first[all.back()] + label];
    *parts[part] = spread(all, wanted[part]);
  }
  return samples;
}

LabelledSamples load_radar_maps(const std::filesystem::path& file, const RadarSampling& sampling,
                                std::span<const double> means, const Proportions& proportions) {
  const auto found = radar_samples(map_times(file), means, sampling, proportions);
  LabelledSamples samples;
  samples.reader = std::make_shared<RadarReader>(file, sampling, found.first);
  samples.training = part_of(found.parts.train, found.outcome, {});
  samples.validation = part_of(found.parts.validation, found.outcome, {});
  samples.test = part_of(found.parts.test, found.outcome, {});
  samples.remarks.push_back(
      fmt::format("Of {} places in {} maps, {} were left out as maps between are missing, {} as cells were "
                  "not seen (NaN or negative), {} as they share time with the part before.",
                  found.first.size() + found.uneven + found.unseen, means.size(), found.uneven, found.unseen,
                  found.overlapping));
  require_both_outcomes(samples, file.string());
  return samples;
}

}  // namespace reprise::deep_probability
