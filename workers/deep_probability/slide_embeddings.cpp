#include "workers/deep_probability/slide_embeddings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include "pipeline/base/errors.hpp"
#include "workers/common/data_archive.hpp"

namespace reprise::deep_probability {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPaperInputs = 1536;

class BagReader final : public SampleReader {
 public:
  BagReader(const fs::path& file, std::int64_t inputs) : archive_(file), inputs_(inputs) {
    const auto ids = archive_.array("slide_id", {{"text"}, {std::nullopt}});
    slides_ = ids.read_strings();
    const std::set<std::string> known(slides_.begin(), slides_.end());
    if (known.size() != slides_.size()) ids.refuse("names a slide twice");
    const auto bags = archive_.names("emb");
    if (bags.size() != slides_.size() || !std::ranges::equal(bags, known)) {
      const auto other = std::ranges::find_if(bags, [&](const auto& bag) { return !known.contains(bag); });
      const auto lacking =
          std::ranges::find_if(known, [&](const auto& id) { return !std::ranges::binary_search(bags, id); });
      archive_.refuse(
          "slide_id",
          fmt::format("names {} slides where /emb holds {}; both must be the same{}{}", slides_.size(),
                      bags.size(), other == bags.end() ? "" : ", it lacks " + *other,
                      lacking == known.end() ? "" : ", /emb lacks " + *lacking));
    }
    for (const auto& slide : slides_) (void)bag(slide);
  }

  [[nodiscard]] nn::Shape shape() const override { return {inputs_}; }
  [[nodiscard]] nn::Tensor read(std::span<const std::uint32_t> samples) const override {
    std::vector<DataArray> bags;
    std::int64_t tiles = 0;
    for (const auto sample : samples) {
      bags.push_back(bag(slides_[sample]));
      tiles += static_cast<std::int64_t>(bags.back().dims()[0]);
    }
    nn::Tensor batch({tiles, inputs_ + 1});
    auto* to = batch.mutable_data<float>();
    std::vector<float> values;
    for (std::size_t number = 0; number < bags.size(); ++number) {
      values.resize(bags[number].dims()[0] * static_cast<std::size_t>(inputs_));
      bags[number].read_rows(0, std::span(values));
      for (std::size_t k = 0; k < values.size(); ++k) {
        if (!std::isfinite(values[k]))
          bags[number].refuse("holds a number that is not finite; embeddings are finite");
        *to++ = values[k];
        if ((k + 1) % static_cast<std::size_t>(inputs_) == 0) *to++ = static_cast<float>(number);
      }
    }
    return batch;
  }

  [[nodiscard]] const DataArchive& archive() const { return archive_; }
  [[nodiscard]] const std::vector<std::string>& slides() const { return slides_; }

 private:
  [[nodiscard]] DataArray bag(const std::string& slide) const {
    return archive_.array("emb/" + slide, {{"float32"}, {std::nullopt, static_cast<std::uint64_t>(inputs_)}});
  }

  DataArchive archive_;
  std::int64_t inputs_;
  std::vector<std::string> slides_;
};

std::vector<std::uint8_t> outcomes_of(const BagReader& reader) {
  const auto data = reader.archive().array("label", {{"uint8", "int32", "int64"}, {reader.slides().size()}});
  const auto values = data.read<std::int64_t>();
  std::vector<std::uint8_t> outcomes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && values[i] != 1)
      data.refuse(fmt::format("has {} at {}; outcomes are 0 or 1", values[i], i));
    outcomes.push_back(static_cast<std::uint8_t>(values[i]));
  }
  return outcomes;
}

Split given_split(const fs::path& file, const std::vector<std::string>& slides) {
  std::map<std::string, std::uint32_t> place;
  for (const auto& slide : slides) place.emplace(slide, static_cast<std::uint32_t>(place.size()));
  Split split;
  std::set<std::string> seen;
  std::ifstream in(file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    const auto refuse = [&](const std::string& what) {
      throw UsageError(fmt::format("{}:{}: {}", file.string(), number, what));
    };
    const auto comma = line.rfind(',');
    if (comma == std::string::npos) refuse("must be \"<slide>,training|validation|test\"");
    const auto slide = line.substr(0, comma);
    const auto part = line.substr(comma + 1);
    if (!place.contains(slide)) refuse(fmt::format("there is no slide {} in slides.h5", slide));
    if (!seen.insert(slide).second) refuse(fmt::format("the slide {} was there before", slide));
    if (part != "training" && part != "validation" && part != "test")
      refuse(fmt::format("\"{}\" is no part; training, validation and test are", part));
    (part == "training" ? split.train
     : part == "test"   ? split.test
                        : split.validation)
        .push_back(place.at(slide));
  }
  if (seen.size() != slides.size())
    throw UsageError(fmt::format("{} places {} of {} slides; each must have a line", file.string(),
                                 seen.size(), slides.size()));
  if (split.train.empty() || split.validation.empty() || split.test.empty())
    throw UsageError(
        fmt::format("{} leaves a part empty; training, validation and test need slides", file.string()));
  for (auto* const part : {&split.train, &split.validation, &split.test}) std::ranges::sort(*part);
  return split;
}

}  // namespace

const DataSet& slide_embeddings() {
  static const DataSet set{
      "slide-embeddings",
      "embeddings of the tiles of slides, with outcomes",
      {{"slides.h5", {}, {}}, {"split.csv", {}, {}, false, true}},
      "",
      "slides of TCGA-LUAD and TCGA-LUSC (portal.gdc.cancer.gov), whose tiles are embedded and written as "
      "workers/deep_probability/DATA.md says",
      {},
      [](const fs::path& folder) {
        return problem_of([&] { return load_slide_embeddings(folder, kPaperInputs, 0, {8, 1, 1}); });
      }};
  return set;
}

std::string patient_of(const std::string& slide) {
  constexpr std::size_t kPatient = 12;
  return slide.starts_with("TCGA-") ? slide.substr(0, kPatient) : slide;
}

LabelledSamples load_slide_embeddings(const fs::path& folder, std::int64_t inputs, std::uint64_t seed,
                                      const Proportions& proportions) {
  const auto reader = std::make_shared<BagReader>(folder / "slides.h5", inputs);
  const auto outcomes = outcomes_of(*reader);
  LabelledSamples samples;
  samples.reader = reader;
  Split split;
  if (fs::exists(folder / "split.csv")) {
    split = given_split(folder / "split.csv", reader->slides());
  } else {
    std::vector<std::string> patients;
    for (const auto& slide : reader->slides()) patients.push_back(patient_of(slide));
    split = split_groups(seed, patients, proportions, "patients in " + reader->archive().file().string());
    samples.remarks.push_back(
        fmt::format("{} slides of {} patients were split by patient, as no split.csv is there.",
                    patients.size(), std::set<std::string>(patients.begin(), patients.end()).size()));
  }
  samples.training = part_of(split.train, outcomes, {});
  samples.validation = part_of(split.validation, outcomes, {});
  samples.test = part_of(split.test, outcomes, {});
  require_both_outcomes(samples, folder.string());
  return samples;
}

}  // namespace reprise::deep_probability
