#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"
#include "workers/kde/data_law.hpp"
#include "workers/kde/radial_kernel.hpp"

namespace reprise::kde {

constexpr auto enumerators(const KernelShape*) {
  return std::array{Enumerator{"gaussian", KernelShape::gaussian},
                    Enumerator{"exponential", KernelShape::exponential},
                    Enumerator{"student", KernelShape::student}, Enumerator{"top_hat", KernelShape::top_hat}};
}

/// Kernel sums at the typical x of simulated data sets of any size (spec 5, W2: the nearest points alone are
/// drawn, the rest enters by mean and variance).
struct SimulatedSumsInput {
  DataLaw law;
  double log_points = 0.0;
  KernelShape kernel = KernelShape::gaussian;
  double degrees_of_freedom = 4.0;
  std::vector<double> bandwidths;
  double nearest = 3000.0;
  std::uint64_t first_data_set = 0;
  std::uint64_t data_sets = 1000;
};

constexpr auto fields(const SimulatedSumsInput*) {
  using S = SimulatedSumsInput;
  return std::tuple{
      field("law", &S::law, "law of the data"),
      field("log_points", &S::log_points, "log n"),
      field("kernel", &S::kernel, "shape of the kernel"),
      field("degrees_of_freedom", &S::degrees_of_freedom, "nu of the Student kernel, per dimension"),
      field("bandwidths", &S::bandwidths, "bandwidths h", "sigma"),
      field("nearest", &S::nearest, "mean number of nearest points drawn"),
      field("first_data_set", &S::first_data_set, "first of the data sets"),
      field("data_sets", &S::data_sets, "number of data sets")};
}

/// [data sets, bandwidths]
struct SimulatedSums {
  NdArray<double> log_sum;
  NdArray<double> centred;
  NdArray<float> participation;
  NdArray<float> largest_weight;
  NdArray<float> entropy;
};

constexpr auto fields(const SimulatedSums*) {
  using S = SimulatedSums;
  return std::tuple{
      field("log_sum", &S::log_sum, "log Z, Z = sum_i exp(-d kappa(|x - y_i|^2/(2 d h^2)))", "nat"),
      field("centred", &S::centred,
            "Z - E Z, in units of the weight at the distance where one point is expected"),
      field("participation", &S::participation, "Y2 = sum p_i^2"),
      field("largest_weight", &S::largest_weight, "max p_i"),
      field("entropy", &S::entropy, "-sum p_i log p_i; NaN for kernels but the Gaussian", "nat")};
}

SimulatedSums simulate_sums(const SimulatedSumsInput& input, TaskContext& context);
double seconds(const SimulatedSumsInput& input);

inline const Task<SimulatedSumsInput, SimulatedSums> kSimulatedSums{
    "kde.simulated_sums", 1, simulate_sums, "kernel sums of simulated data sets by their nearest points",
    seconds};

/// Isotropic data at load alpha = log(n)/d, with bandwidths at which the stable index of this (d, n) has the
/// given values.
[[nodiscard]] SimulatedSumsInput at_indices(double load, std::int32_t dim, const std::vector<double>& indices,
                                            double nearest = 3000.0);

/// `data_sets` data sets in blocks of 1000.
[[nodiscard]] std::vector<SimulatedSumsInput> simulated_blocks(SimulatedSumsInput first,
                                                               std::uint64_t data_sets);

/// All that came of the blocks, by bandwidth: column[k] holds a value of each data set.
struct SumsByBandwidth {
  std::vector<std::vector<double>> log_sum, centred, participation, largest_weight, entropy;

  [[nodiscard]] std::size_t data_sets() const { return log_sum.empty() ? 0 : log_sum.front().size(); }
};
[[nodiscard]] SumsByBandwidth by_bandwidth(const Results<SimulatedSums>& blocks);

}  // namespace reprise::kde
