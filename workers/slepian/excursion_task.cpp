#include <limits>

#include "kernels/expects.hpp"
#include "kernels/gaussian/pivoted_cholesky.hpp"
#include "kernels/gaussian/slepian_paths.hpp"
#include "workers/slepian/path_task.hpp"
#include "workers/slepian/slepian_model.hpp"

namespace reprise::slepian {

IntervalSums simulate_excursions(const ExcursionInput& input, TaskContext& context) {
  constexpr double kTolerance = 1e-12;
  constexpr std::uint64_t kAtOnce = 4096;
  expects(input.ask.lags.empty(), "excursions that are drawn by themselves have no stretches");
  const auto covariance = covariance_of(input.model);
  const SlepianModel model = slepian_model(*covariance, input.step, static_cast<Eigen::Index>(input.steps));
  const PivotedCholesky pivoted = pivoted_cholesky(model.covariance, {.tolerance = kTolerance});
  Eigen::MatrixXd factor(pivoted.factor.rows(), pivoted.factor.cols());
  for (Eigen::Index i = 0; i < factor.rows(); ++i)
    factor.row(pivoted.order[static_cast<std::size_t>(i)]) = pivoted.factor.row(i);
  const SlepianPaths paths(model.drift, factor, input.step);
  const RandomKey key = random_key(context.seed(), context.key().high, context.key().low);
  const IntervalQuestions questions = questions_of(input.ask, covariance->mean_interval());
  IntervalStatistics statistics(questions);
  std::vector<double> intervals;
  for (std::uint64_t first = 0; first < input.excursions; first += kAtOnce) {
    intervals.resize(static_cast<std::size_t>(std::min(kAtOnce, input.excursions - first)));
    paths.sample(key, first, intervals);
    statistics.add_first_intervals(questions, intervals, paths.end());
  }
  return sums_of(statistics);
}

double seconds(const ExcursionInput& input) {
  constexpr double kProduct = 2e-10;
  const double n = static_cast<double>(input.steps), rank = std::min(n, 32.0 + 0.25 * n);
  return 0.05 + 1e-9 * n * n * rank + kProduct * n * rank * static_cast<double>(input.excursions);
}

}  // namespace reprise::slepian
