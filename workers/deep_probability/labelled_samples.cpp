#include "workers/deep_probability/labelled_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise::deep_probability {

std::array<std::size_t, 3> shared_out(std::size_t total, const Proportions& proportions) {
  const auto sum = std::accumulate(proportions.begin(), proportions.end(), std::size_t{0});
  reprise::expects(sum > 0, "proportions are not all zero");
  std::array<std::size_t, 3> shares{};
  for (std::size_t part = 1; part < 3; ++part) shares[part] = (total * proportions[part] + sum / 2) / sum;
  shares[0] = total - std::min(total, shares[1] + shares[2]);
  return shares;
}

Split split_groups(std::uint64_t seed, std::span<const std::string> group, const Proportions& proportions,
                   const std::string& what) {
  std::map<std::string, std::vector<std::uint32_t>> members;
  for (std::size_t i = 0; i < group.size(); ++i) members[group[i]].push_back(static_cast<std::uint32_t>(i));
  const HashRng random(seed, 1);  // the stream of splits
  std::vector<std::pair<std::uint64_t, const std::vector<std::uint32_t>*>> order;
  for (const auto& [name, samples] : members) order.emplace_back(random.bits(order.size()), &samples);
  std::ranges::sort(order);
  const auto shares = shared_out(order.size(), proportions);
  if (std::ranges::find(shares, std::size_t{0}) != shares.end())
    throw UsageError(fmt::format("{} {} are too few for a split of {} : {} : {}", order.size(), what,
                                 proportions[0], proportions[1], proportions[2]));
  Split split;
  std::array<std::vector<std::uint32_t>*, 3> parts{&split.train, &split.validation, &split.test};
  auto next = order.begin();
  for (std::size_t part = 0; part < 3; ++part) {
    for (std::size_t k = 0; k < shares[part]; ++k, ++next)
      parts[part]->insert(parts[part]->end(), next->second->begin(), next->second->end());
    std::ranges::sort(*parts[part]);
  }
  return split;
}

ImagePart part_of(const std::vector<std::uint32_t>& samples, std::span<const std::uint8_t> label,
                  std::span<const double> probability) {
  ImagePart part{samples, {}, {}};
  for (const auto sample : samples) {
    part.label.push_back(label[sample]);
    if (!probability.empty()) part.probability.push_back(probability[sample]);
  }
  return part;
}

void require_both_outcomes(const LabelledSamples& samples, const std::string& where) {
  const auto look = [&](const ImagePart& part, const char* name) {
    const auto events = std::ranges::count(part.label, std::uint8_t{1});
    if (events == 0 || events == part.count())
      throw UsageError(fmt::format("{}: of the {} {} samples {} are events; both outcomes must be there",
                                   where, part.count(), name, events));
  };
  look(samples.training, "training");
  look(samples.validation, "validation");
  look(samples.test, "test");
}

std::string problem_of(const std::function<LabelledSamples()>& load) {
  try {
    const auto samples = load();
    for (const auto* const part : {&samples.training, &samples.validation, &samples.test})
      for (const auto sample : part->image) (void)samples.reader->read(std::span(&sample, 1));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace reprise::deep_probability
