#pragma once

#include <optional>

#include "workers/deep_probability/real_data.hpp"

namespace reprise::deep_probability {

/// One method on one scenario and seed.
struct RealScores {
  std::optional<Scores> scores;
  std::optional<Intervals> intervals;
};

struct RealMethod {
  std::string id;                 ///< in the list of methods
  std::vector<RealScores> cases;  ///< a scenario and seed each
};

/// A scenario and seed.
struct RealCase {
  Scenario scenario = Scenario::linear;
  std::uint64_t seed = 0;
};

/// All that came of the experiment.
struct RealResults {
  RealSource source = RealSource::faces;
  std::vector<RealCase> cases;  ///< scenario by scenario
  std::int32_t resamples = 0;
  std::uint32_t training = 0;  ///< samples
  std::uint32_t test = 0;
  std::int32_t side = 0;  ///< of an image
  Architecture architecture = Architecture::resnet18;
  std::vector<RealMethod> methods;

  [[nodiscard]] const RealMethod* find(std::string_view id) const;
};

[[nodiscard]] std::vector<Table> tables_of(const RealResults& results);
[[nodiscard]] std::vector<Figure> figures_of(const RealResults& results);

/// P8: on faces CaPE is closer to the true probabilities than the early-stopped network.
[[nodiscard]] Claim faces_claim();
[[nodiscard]] Finding judge_faces(const RealResults& results);

}  // namespace reprise::deep_probability
