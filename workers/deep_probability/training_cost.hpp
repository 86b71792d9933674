#pragma once

#include "workers/deep_probability/image_set.hpp"
#include "workers/deep_probability/network.hpp"
#include "workers/deep_probability/training.hpp"

namespace reprise::deep_probability {

/// Seconds that a training takes on one core. `passes` through the network's forward and backward pass over
/// the training images in each epoch.
[[nodiscard]] double training_seconds(const SyntheticData& data, const NetworkShape& network,
                                      const Recipe& recipe, double passes);

}  // namespace reprise::deep_probability
