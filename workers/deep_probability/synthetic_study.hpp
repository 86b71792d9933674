#pragma once

#include "workers/deep_probability/synthetic.hpp"

namespace reprise::deep_probability {

/// The driver of the synthetic experiment: trains, refines, assesses, publishes and settles.
void run_synthetic(Run& run, const Synthetic& job);

}  // namespace reprise::deep_probability
