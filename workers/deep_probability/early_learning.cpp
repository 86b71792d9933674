#include "workers/deep_probability/early_learning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/linear_descent.hpp"
#include "workers/deep_probability/linear_population.hpp"

namespace reprise::deep_probability {
namespace {

Claim early_learning_claim() {
  return {"P7",
          "When dimension and sample size are comparable, gradient descent on cross-entropy first comes "
          "close to the true probabilities and then predicts the observed outcomes",
          "Theorem 4.1 (statement only)",
          "abstract [paper]; constants and criterion derived",
          "for every d/n from 0.4 to 2: MSE_p at the end over the least MSE_p is above 1 by more than 2 SE, "
          "and at d/n >= 1 more than 99 % of the training samples are predicted within 0.1 of their outcome",
          "at least 5 data sets for each n, 2000 steps"};
}

std::vector<std::int32_t> looks(std::int32_t steps) {
  std::vector<std::int32_t> all;
  for (const std::int32_t step : {1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000})
    if (step < steps) all.push_back(step);
  all.push_back(steps);
  return all;
}

/// Descents on the data sets of one n.
struct Descents {
  std::int32_t samples = 0;
  std::vector<DescentPath> paths;

  [[nodiscard]] std::vector<Estimate> means(std::size_t looks, std::vector<double> DescentPath::*what) const {
    std::vector<Estimate> all;
    for (std::size_t k = 0; k < looks; ++k) all.push_back(at(k, what));
    return all;
  }
  [[nodiscard]] Estimate at(std::size_t look, std::vector<double> DescentPath::*what) const {
    std::vector<double> values;
    for (const auto& path : paths) values.push_back((path.*what)[look]);
    return mean_of(values);
  }
  /// Where the mean MSE_p is least.
  [[nodiscard]] std::size_t best(std::size_t looks) const {
    std::size_t best = 0;
    for (std::size_t k = 1; k < looks; ++k)
      if (at(k, &DescentPath::squared_error).value < at(best, &DescentPath::squared_error).value) best = k;
    return best;
  }
  [[nodiscard]] Estimate ratio(std::size_t best) const {
    std::vector<double> values;
    for (const auto& path : paths) values.push_back(path.squared_error.back() / path.squared_error[best]);
    return mean_of(values);
  }
};

Figure figure_of(const EarlyLearning& job, const std::vector<std::int32_t>& steps,
                 const std::vector<Descents>& all) {
  const std::vector<double> x(steps.begin(), steps.end());
  Figure figure{"early_learning",
                "Early learning, then memorisation",
                fmt::format("Gradient descent of a linear model on cross-entropy, d = {}, mean over {} data "
                            "sets for each n; MSE_p over the population, by quadrature.",
                            job.dimensions, job.seeds),
                {{"", {"step", "", true}, {"MSE_p"}, {}},
                 {"", {"step", "", true}, {"training cross-entropy", "nat"}, {}},
                 {"", {"step", "", true}, {"memorised share"}, {}}},
                3};
  std::vector<double> DescentPath::*const curves[] = {&DescentPath::squared_error,
                                                      &DescentPath::cross_entropy, &DescentPath::memorised};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t panel = 0; panel < 3; ++panel) {
      auto series = points(fmt::format("d/n = {:g}", static_cast<double>(job.dimensions) / all[i].samples), x,
                           all[i].means(steps.size(), curves[panel]), static_cast<int>(i));
      figure.panels[panel].series.push_back(std::move(series));
    }
  }
  return figure;
}

void early_learning(Run& run, const EarlyLearning& job) {
  const auto steps = looks(job.steps);
  std::vector<DescentInput> inputs;
  for (const auto n : job.samples)
    for (std::int32_t k = 0; k < job.seeds; ++k)
      inputs.push_back(
          {job.dimensions, n, job.signal, job.first_seed + static_cast<std::uint64_t>(k), steps});
  const auto results = run.map(kDescent, inputs, "gradient descents");
  std::vector<Descents> all;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (all.empty() || all.back().samples != inputs[i].samples) all.push_back({inputs[i].samples, {}});
    if (const auto path = results.get(i)) all.back().paths.push_back(*path);
  }
  const LinearPopulation population(job.signal);
  std::vector<double> n;
  std::vector<double> best_step;
  std::vector<double> formula;
  std::vector<Estimate> best;
  std::vector<Estimate> end;
  std::vector<Estimate> ratio;
  std::vector<Estimate> memorised;
  std::vector<Estimate> first;
  for (const auto& one : all) {
    const auto at = one.paths.empty() ? 0 : one.best(steps.size());
    n.push_back(one.samples);
    best_step.push_back(steps[at]);
    best.push_back(one.at(at, &DescentPath::squared_error));
    end.push_back(one.at(steps.size() - 1, &DescentPath::squared_error));
    ratio.push_back(one.ratio(at));
    memorised.push_back(one.at(steps.size() - 1, &DescentPath::memorised));
    first.push_back(one.at(0, &DescentPath::alignment));
    formula.push_back(population.first_alignment(static_cast<double>(job.dimensions) / one.samples));
  }
  run.publish(figure_of(job, steps, all));
  run.publish(Table{"early_learning",
                    "Early learning, then memorisation",
                    fmt::format("d = {}, gamma = {:g}; means over {} data sets for each n; a constant "
                                "prediction has MSE_p = {:.4f}.",
                                job.dimensions, job.signal, job.seeds, population.variance()),
                    {parameter("samples", "n", "", n), parameter("best_step", "best step", "", best_step),
                     published(n.size()), measured("best", "least MSE_p", "", best),
                     measured("end", fmt::format("MSE_p at {}", job.steps), "", end),
                     measured("ratio", "ratio", "", ratio), measured("memorised", "memorised", "", memorised),
                     theory("formula", "cos of step 1, formula", "", formula),
                     measured("first", "cos of step 1", "", first)}});
  Finding finding{"P7"};
  finding.rows = "table early_learning/early_learning: ratio > 1 by 2 SE, memorised > 0.99 where d/n >= 1";
  bool holds = true;
  double least = INFINITY;
  int tested = 0;
  for (std::size_t i = 0; i < n.size(); ++i) {
    const double load = job.dimensions / n[i];
    if (load < 0.4 || load > 2) continue;
    ++tested;
    const double surplus = (ratio[i].value - 1) / ratio[i].standard_error;
    least = std::min(least, surplus);
    holds = holds && surplus > 2 && (load < 1 || memorised[i].value > 0.99);
  }
  finding.value = least;
  finding.measured = fmt::format("MSE_p rises again by {:.1f} SE or more in {} settings", least, tested);
  const bool large = job.seeds >= 5 && job.steps >= 2000 && tested > 0 && results.done() == results.size();
  finding.verdict = !large ? Verdict::not_tested : holds ? Verdict::reproduced : Verdict::not_reproduced;
  if (!large)
    finding.remark = fmt::format("{} of {} descents, {} data sets for each n, {} steps", results.done(),
                                 results.size(), job.seeds, job.steps);
  run.settle(finding);
}

}  // namespace

void validate(const EarlyLearning& job, const JobTable& table) {
  table.require(job.dimensions >= 1 && job.dimensions <= 100000, "dimensions", "must be from 1 to 100000");
  table.require(
      !job.samples.empty() && std::ranges::all_of(job.samples, [](int n) { return n >= 2 && n <= 1000000; }),
      "samples", "must name sample sizes from 2 to 1000000");
  table.require(job.signal > 0 && job.signal <= 20, "signal", "must be above 0 and at most 20");
  table.require(job.seeds >= 2 && job.seeds <= 10000, "seeds", "must be from 2 to 10000");
  table.require(job.steps >= 1 && job.steps <= 2000, "steps", "must be from 1 to 2000");
}

DescentPath descend_from_zero(const DescentInput& input, TaskContext& /*context*/) {
  const auto data = draw_linear_data(input.seed, input.samples, input.dimensions, input.signal);
  const LinearPopulation population(input.signal);
  DescentPath path;
  for (const auto& fit :
       descend(data, descent_rate(static_cast<double>(input.dimensions) / input.samples), input.steps)) {
    path.squared_error.push_back(population.squared_error(fit.norm, fit.alignment));
    path.cross_entropy.push_back(fit.cross_entropy);
    path.memorised.push_back(fit.memorised);
    path.alignment.push_back(fit.alignment);
  }
  return path;
}

double seconds(const DescentInput& input) {
  constexpr double kRate = 2e9;
  const double draws = 40e-9 * input.dimensions * input.samples;
  return 0.05 + draws +
         4.0 * input.dimensions * input.samples * (input.steps.empty() ? 0 : input.steps.back()) / kRate;
}

Experiment early_learning_experiment() {
  return experiment<EarlyLearning>(
      "early_learning", "Early learning and memorisation",
      "Gradient descent of a linear model, whose test error over the population is known exactly (T1).",
      early_learning, {early_learning_claim()});
}

}  // namespace reprise::deep_probability
