#include "workers/deep_probability/scenario.hpp"

#include <algorithm>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise::deep_probability {

double risk(Scenario scenario, double age) {
  expects(age >= 0.0, "an age is not negative");
  const double z = std::min(age, 100.0);
  switch (scenario) {
    case Scenario::linear:
      return z / 100.0;
    case Scenario::sigmoid:
      return sigmoid(25.0 * (z / 100.0 - 0.29));
    case Scenario::centered:
      return z / 300.0 + 0.35;
    case Scenario::skewed:
      return z / 250.0;
    case Scenario::discrete: {
      int steps = 0;
      for (const double threshold : {20.0, 40.0, 60.0, 80.0}) {
        steps += z > threshold ? 1 : 0;
      }
      return 0.2 * steps + 0.1;
    }
  }
  throw std::invalid_argument("there is no such scenario");
}

}  // namespace reprise::deep_probability
