#pragma once

#include "pipeline/run/paper.hpp"

namespace reprise::deep_probability {

/// T1: early learning, then memorisation, in the linear model of Theorem 4.1.
struct EarlyLearning {
  std::int32_t dimensions = 400;
  std::vector<std::int32_t> samples{200};
  double signal = 2.0;
  std::int32_t seeds = 3;
  std::uint64_t first_seed = 100;
  std::int32_t steps = 300;
};

constexpr auto fields(const EarlyLearning*) {
  using E = EarlyLearning;
  return std::tuple{field("dimensions", &E::dimensions, "d"),
                    field("samples", &E::samples, "training samples n"),
                    field("signal", &E::signal, "gamma: true probabilities are sigmoid(gamma x_1)"),
                    field("seeds", &E::seeds, "data sets, for each n"),
                    field("first_seed", &E::first_seed, "seed of the first of them"),
                    field("steps", &E::steps, "steps of gradient descent, at most 2000")};
}

void validate(const EarlyLearning& job, const JobTable& table);

Experiment early_learning_experiment();

struct DescentInput {
  std::int32_t dimensions = 400;
  std::int32_t samples = 200;
  double signal = 2.0;
  std::uint64_t seed = 100;
  std::vector<std::int32_t> steps;
};

constexpr auto fields(const DescentInput*) {
  using D = DescentInput;
  return std::tuple{field("dimensions", &D::dimensions, "d"), field("samples", &D::samples, "n"),
                    field("signal", &D::signal, "gamma"), field("seed", &D::seed, "of the data"),
                    field("steps", &D::steps, "after which to look")};
}

/// [steps]
struct DescentPath {
  std::vector<double> squared_error;
  std::vector<double> cross_entropy;
  std::vector<double> memorised;
  std::vector<double> alignment;
};

constexpr auto fields(const DescentPath*) {
  using D = DescentPath;
  return std::tuple{field("squared_error", &D::squared_error, "MSE_p over the population"),
                    field("cross_entropy", &D::cross_entropy, "of the training samples", "nat"),
                    field("memorised", &D::memorised, "share of training samples predicted within 0.1"),
                    field("alignment", &D::alignment, "cosine to the true direction")};
}

DescentPath descend_from_zero(const DescentInput& input, TaskContext& context);
double seconds(const DescentInput& input);

inline const Task<DescentInput, DescentPath> kDescent{"deep_probability.linear_descent", 1, descend_from_zero,
                                                      "gradient descent of a linear model on one data set",
                                                      seconds};

}  // namespace reprise::deep_probability
