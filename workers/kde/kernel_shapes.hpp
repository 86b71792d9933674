#pragma once

#include <cstdint>
#include <vector>

#include "workers/kde/simulated_sums.hpp"

namespace reprise::kde {

/// E10: other radial kernels, each with thresholds of its own.
struct KernelShapes {
  double load = 0.5;
  std::int32_t dim = 100;
  std::vector<double> indices{0.25, 0.5, 0.75, 1.25, 1.75};
  double degrees_of_freedom = 4.0;
  std::vector<double> top_hat_multiples{0.92, 0.96, 1.0, 1.04, 1.08};
  std::int32_t data_sets = 500;
  double nearest = 500.0;
};

constexpr auto fields(const KernelShapes*) {
  using K = KernelShapes;
  return std::tuple{
      field("load", &K::load, "load alpha = log(n)/d"),
      field("dim", &K::dim, "dimension d"),
      field("indices", &K::indices,
            "stable indices mu at this (d, n); each kernel has its own bandwidth there"),
      field("degrees_of_freedom", &K::degrees_of_freedom, "nu of the Student kernel, per dimension"),
      field("top_hat_multiples", &K::top_hat_multiples,
            "bandwidths of the top hat, in units of sqrt(r) at this (d, n)"),
      field("data_sets", &K::data_sets, "simulated data sets, for each kernel"),
      field("nearest", &K::nearest, "mean number of nearest points drawn for each")};
}

void validate(const KernelShapes& job, const JobTable& table);

Experiment kernel_shapes_experiment();

}  // namespace reprise::kde
