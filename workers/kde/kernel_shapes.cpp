#include "workers/kde/kernel_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "workers/common/presentation.hpp"
#include "workers/kde/distance_law.hpp"

namespace reprise::kde {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
const std::vector<KernelShape> kSmooth{KernelShape::gaussian, KernelShape::exponential, KernelShape::student};

std::string name(KernelShape shape, double degrees_of_freedom) {
  switch (shape) {
    case KernelShape::student:
      return fmt::format("Student, ν = {:g}", degrees_of_freedom);
    case KernelShape::top_hat:
      return "top hat";
    default:
      return std::string(to_string(shape));
  }
}

Edge edge_at(const KernelShapes& job) {
  return finite_size_edge(LargeDeviations(isotropic()), job.dim, job.load * job.dim);
}

/// A kernel's index at each of its bandwidths; indices that it never has (Student, few degrees of freedom)
/// are left out.
std::vector<double> indices_of(const KernelShapes& job, KernelShape shape) {
  std::vector<double> indices;
  for (const double index : job.indices) {
    if (RadialKernel{shape, job.degrees_of_freedom}.bandwidth_at_index(edge_at(job), index))
      indices.push_back(index);
  }
  return indices;
}

SimulatedSumsInput input_of(const KernelShapes& job, KernelShape shape) {
  SimulatedSumsInput input{
      {SpectrumShape::isotropic, 0.0, job.dim}, job.load * job.dim, shape, job.degrees_of_freedom};
  const Edge edge = edge_at(job);
  if (shape == KernelShape::top_hat) {
    for (const double multiple : job.top_hat_multiples)
      input.bandwidths.push_back(multiple * std::sqrt(edge.nearest_scale));
  } else {
    const RadialKernel kernel{shape, job.degrees_of_freedom};
    for (const double index : indices_of(job, shape))
      input.bandwidths.push_back(*kernel.bandwidth_at_index(edge, index));
  }
  input.nearest = job.nearest;
  return input;
}

Table threshold_table(const KernelShapes& job) {
  std::vector<std::string> kernels;
  std::vector<double> h_g, h_clt, finite_g, finite_clt, optimum;
  const Edge edge = asymptotic_edge(LargeDeviations(isotropic()), job.load);
  for (const KernelShape shape :
       {KernelShape::gaussian, KernelShape::exponential, KernelShape::student, KernelShape::top_hat}) {
    const RadialKernel kernel{shape, job.degrees_of_freedom};
    kernels.push_back(name(shape, job.degrees_of_freedom));
    h_g.push_back(kernel.bandwidth_at_index(edge, 1.0).value_or(kNone));
    h_clt.push_back(kernel.bandwidth_at_index(edge, 2.0).value_or(kNone));
    finite_g.push_back(kernel.bandwidth_at_index(edge_at(job), 1.0).value_or(kNone));
    finite_clt.push_back(kernel.bandwidth_at_index(edge_at(job), 2.0).value_or(kNone));
    optimum.push_back(shape == KernelShape::top_hat ? kNone : edge.lambda * edge.nearest_scale);
  }
  return {
      "thresholds",
      "Thresholds of radial kernels",
      fmt::format("Isotropic data, alpha = {:g}, d = {}. The top hat's ball is empty below its "
                  "h_G; the index at least divergence is the same for all smooth kernels.",
                  job.load, job.dim),
      {parameter("kernel", "kernel", kernels), published(kernels.size()),
       theory("condensation", "h_G, d → ∞", "σ", h_g), theory("central_limit", "h_CLT, d → ∞", "σ", h_clt),
       theory("condensation_finite", "h_G at (d, n)", "σ", finite_g),
       theory("central_limit_finite", "h_CLT at (d, n)", "σ", finite_clt),
       theory("index_at_optimum", "μ at least divergence", "", optimum)}};
}

/// P(no point in the ball of the top hat) = exp(-n P(Q <= d h^2/2)).
double empty_probability(const KernelShapes& job, const DistanceLaw& law, double bandwidth) {
  const auto& q = law.values();
  const double bound = 0.5 * job.dim * bandwidth * bandwidth;
  const auto above = std::ranges::lower_bound(q, bound);
  if (above == q.begin() || above == q.end()) return above == q.begin() ? 1.0 : 0.0;
  const auto i = static_cast<std::size_t>(above - q.begin());
  const double fraction = std::log(bound / q[i - 1]) / std::log(q[i] / q[i - 1]);
  const auto& log_cdf = law.log_distribution();
  return std::exp(-std::exp(job.load * job.dim + std::lerp(log_cdf[i - 1], log_cdf[i], fraction)));
}

void kernel_shapes(Run& run, const KernelShapes& job) {
  const auto data_sets = static_cast<std::uint64_t>(job.data_sets);
  std::vector<Results<SimulatedSums>> sums;
  for (const KernelShape shape : kSmooth) {
    sums.push_back(run.map(kSimulatedSums, simulated_blocks(input_of(job, shape), data_sets),
                           name(shape, job.degrees_of_freedom)));
  }
  const SimulatedSumsInput hat = input_of(job, KernelShape::top_hat);
  const auto balls = by_bandwidth(run.map(kSimulatedSums, simulated_blocks(hat, data_sets), "top hat"));

  const Edge edge = edge_at(job);
  Panel collapse{"smooth kernels at their own thresholds",
                 {"μ at (d, n)"},
                 {"E Y2"},
                 {curve("1 − μ, d → ∞", {0.0, 1.0, 2.0}, {1.0, 0.0, 0.0}, 7, SeriesStyle::dashed)}};
  Panel index{"index over the bandwidth", {"bandwidth h", "σ"}, {"stable index μ(h)"}, {}};
  std::vector<std::string> kernels;
  std::vector<double> at, h, limit;
  std::vector<Estimate> y2;
  const auto fine = arithmetic(0.05, 2.0 * edge.condensation_bandwidth(), 80);
  for (std::size_t i = 0; i < kSmooth.size(); ++i) {
    const auto columns = by_bandwidth(sums[i]).participation;
    const auto indices = indices_of(job, kSmooth[i]);
    const auto title = name(kSmooth[i], job.degrees_of_freedom);
    std::vector<Estimate> found;
    for (std::size_t k = 0; k < indices.size(); ++k)
      found.push_back(mean_of(k < columns.size() ? columns[k] : std::vector<double>{}));
    collapse.series.push_back(points(title, indices, found, static_cast<int>(i)));
    std::vector<double> over;
    for (const double each : fine)
      over.push_back(RadialKernel{kSmooth[i], job.degrees_of_freedom}.stable_index(edge, each));
    index.series.push_back(curve(title, fine, over, static_cast<int>(i)));
    for (std::size_t k = 0; k < indices.size(); ++k) {
      kernels.push_back(title);
      at.push_back(indices[k]);
      h.push_back(input_of(job, kSmooth[i]).bandwidths[k]);
      limit.push_back(std::max(0.0, 1.0 - indices[k]));
      y2.push_back(found[k]);
    }
  }
  index.y.to = 3.0;
  index.marks = {{1.0, "condensation", false}, {2.0, "central limit theorem", false}};
  const DistanceLaw law(LargeDeviations(isotropic()), job.dim, 20000);
  Panel empty{"top hat", {"h/√r at (d, n)"}, {"P(no point in the ball)"}, {}};
  std::vector<double> by_theory, fine_empty;
  std::vector<Estimate> share;
  for (std::size_t k = 0; k < hat.bandwidths.size(); ++k) {
    std::vector<double> none;
    for (const double log_sum : k < balls.log_sum.size() ? balls.log_sum[k] : std::vector<double>{})
      none.push_back(std::isinf(log_sum) ? 1.0 : 0.0);
    share.push_back(mean_of(none));
    by_theory.push_back(empty_probability(job, law, hat.bandwidths[k]));
  }
  const auto multiples =
      arithmetic(std::ranges::min(job.top_hat_multiples), std::ranges::max(job.top_hat_multiples), 60);
  for (const double multiple : multiples)
    fine_empty.push_back(empty_probability(job, law, multiple * std::sqrt(edge.nearest_scale)));
  empty.series = {curve("theory at (d, n)", multiples, fine_empty, 0),
                  points("simulated data sets", job.top_hat_multiples, share, 1)};
  run.publish(Figure{
      "kernels",
      "Radial kernels",
      fmt::format(
          "Isotropic data at the typical x, alpha = {:g}, d = {}, {} simulated data sets for each kernel.",
          job.load, job.dim, job.data_sets),
      {collapse, index, empty},
      3});
  run.publish(threshold_table(job));
  run.publish(Table{"weights",
                    "Condensation of smooth kernels",
                    fmt::format("{} data sets for each kernel.", job.data_sets),
                    {parameter("kernel", "kernel", kernels), parameter("index", "μ at (d, n)", "", at),
                     parameter("bandwidth", "h", "σ", h), published(at.size()),
                     theory("limit", "1 − μ, d → ∞", "", limit), measured("participation", "E Y2", "", y2)}});
  run.publish(Table{"top_hat",
                    "Empty balls of the top hat",
                    fmt::format("{} data sets.", job.data_sets),
                    {parameter("multiple", "h/√r at (d, n)", "", job.top_hat_multiples),
                     published(by_theory.size()), theory("finite", "P(empty) at (d, n)", "", by_theory),
                     measured("empty", "share of empty balls", "", share), verdict(share, by_theory)}});
}

}  // namespace

void validate(const KernelShapes& job, const JobTable& table) {
  const auto within = [](const std::vector<double>& values, double low, double high) {
    return !values.empty() &&
           std::ranges::all_of(values, [&](double value) { return value >= low && value <= high; });
  };
  table.require(job.load > 0.05 && job.load <= 5, "load", "must be above 0.05 and at most 5");
  table.require(job.dim >= 8 && job.dim <= 2000, "dim", "must be from 8 to 2000");
  table.require(within(job.indices, 0.05, 9.0), "indices", "must name indices from 0.05 to 9");
  table.require(job.degrees_of_freedom > 0.1 && job.degrees_of_freedom <= 1000, "degrees_of_freedom",
                "must be above 0.1 and at most 1000");
  table.require(within(job.top_hat_multiples, 0.1, 2.0), "top_hat_multiples",
                "must name multiples from 0.1 to 2");
  table.require(job.data_sets >= 10 && job.data_sets <= 10000000, "data_sets", "must be from 10 to 10000000");
  table.require(job.nearest >= 50 && job.nearest <= 1e6, "nearest", "must be from 50 to 1000000");
}

Experiment kernel_shapes_experiment() {
  return experiment<KernelShapes>("kernel_shapes", "Other radial kernels",
                                  "Exponential, Student and top hat kernels condense at thresholds of their "
                                  "own, with the same statistics (E10).",
                                  kernel_shapes);
}

}  // namespace reprise::kde
