#include "workers/deep_probability/training_cost.hpp"

namespace reprise::deep_probability {

double training_seconds(const SyntheticData& data, const NetworkShape& network, const Recipe& recipe,
                        double passes) {
  constexpr double kRate =
      3e10;  // multiplications and additions a second, of small networks, all around included
  const double watching = recipe.watch ? 1.0 / 3 : 0;
  const double images = (passes + watching) * data.training + data.validation / 3.0;
  return 1 + recipe.epochs * images * multiplications(network) * 2 * 3 / kRate;
}

}  // namespace reprise::deep_probability
