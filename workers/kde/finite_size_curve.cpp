#include "workers/kde/finite_size_curve.hpp"

#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "workers/kde/gaussian_data.hpp"
#include "workers/kde/isotropic_theory.hpp"

namespace reprise::kde {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Squared coordinates of x, one for each eigenvalue: their mean where several coordinates share one.
std::vector<double> squared_coordinates(const Spectrum& data, int dim, std::span<const float> x) {
  std::vector<double> squares;
  std::size_t a = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto copies = static_cast<std::size_t>(std::llround(data.weight[i] * dim));
    double sum = 0.0;
    for (std::size_t end = a + copies; a < end; ++a)
      sum += static_cast<double>(x[a]) * static_cast<double>(x[a]);
    squares.push_back(sum / static_cast<double>(copies));
  }
  return squares;
}

void add_row(Curve& curve, const CurveInput& input, const LargeDeviations& large_deviations) {
  const DistanceLaw law(large_deviations, input.law.dim);
  for (const double h : input.bandwidths) {
    const FiniteSizeSum sum(law, input.log_points, h);
    curve.log_estimate.values.push_back(sum.mean_log_density());
    curve.variance.values.push_back(sum.log_sum_variance());
    curve.participation.values.push_back(sum.participation());
  }
}

void add_average(Curve& curve, const CurveInput& input) {
  expects(input.law.shape == SpectrumShape::isotropic,
          "averages over x by quadrature are for isotropic data");
  const IsotropicTheory theory = IsotropicTheory::averaged(input.law.dim, input.log_points);
  for (const double h : input.bandwidths) {
    const AveragedDensity average = theory.at(h);
    curve.log_estimate.values.push_back(average.mean_log_density);
    curve.variance.values.push_back(kNone);
    curve.participation.values.push_back(average.participation);
    curve.log_density.assign(1, average.mean_log_density + average.divergence);
  }
}

}  // namespace

Curve finite_size_curve(const CurveInput& input, TaskContext& context) {
  Curve curve;
  if (input.query == QueryPoint::averaged) {
    add_average(curve, input);
  } else {
    const Spectrum data = spectrum(input.law);
    const GaussianData rho{{}, deviations(data, input.law.dim)};
    const std::vector<float> x = query_points(context.seed(), input.law, input.query, input.query_set,
                                              input.first_query, input.queries);
    for (std::size_t q = 0; q < input.queries; ++q) {
      const std::span<const float> at = std::span(x).subspan(q * rho.dim(), rho.dim());
      curve.log_density.push_back(log_density_of(rho, at));
      add_row(curve, input, LargeDeviations(data, squared_coordinates(data, input.law.dim, at)));
    }
  }
  const std::vector<std::uint64_t> shape{curve.log_density.size(), input.bandwidths.size()};
  curve.log_estimate.shape = curve.variance.shape = curve.participation.shape = shape;
  return curve;
}

double seconds(const CurveInput& input) {
  constexpr double kEvaluation = 0.006;
  constexpr double kNodes = 16.0;
  const auto rows = input.query == QueryPoint::averaged ? kNodes : static_cast<double>(input.queries);
  return kEvaluation * rows * static_cast<double>(input.bandwidths.size());
}

std::vector<CurveInput> curve_inputs(const DataLaw& law, double log_points, QueryPoint query,
                                     const std::vector<double>& bandwidths) {
  const std::size_t share = query == QueryPoint::averaged ? 1 : 16;
  std::vector<CurveInput> inputs;
  for (std::size_t first = 0; first < bandwidths.size(); first += share) {
    const auto from = bandwidths.begin() + static_cast<std::ptrdiff_t>(first);
    const auto to =
        bandwidths.begin() + static_cast<std::ptrdiff_t>(std::min(first + share, bandwidths.size()));
    inputs.push_back({law, log_points, query, 0, 0, 1, {from, to}});
  }
  return inputs;
}

JoinedCurve join(const std::vector<CurveInput>& inputs, const Results<Curve>& rows) {
  JoinedCurve joined;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.get(i);
    for (std::size_t k = 0; k < inputs[i].bandwidths.size(); ++k) {
      joined.log_density.push_back(row ? row->log_density[0] : kNone);
      joined.log_estimate.push_back(row ? row->log_estimate.values[k] : kNone);
      joined.variance.push_back(row ? row->variance.values[k] : kNone);
      joined.participation.push_back(row ? row->participation.values[k] : kNone);
    }
  }
  return joined;
}

Optimum find_optimum(const OptimumInput& input, TaskContext&) {
  expects(input.query != QueryPoint::sampled, "an optimum is at a typical x or averaged over x");
  const IsotropicTheory theory = input.query == QueryPoint::averaged
                                     ? IsotropicTheory::averaged(input.dim, input.log_points)
                                     : IsotropicTheory::typical(input.dim, input.log_points);
  const OptimalBandwidth best = theory.optimum(input.lowest, input.highest);
  return {best.bandwidth, best.at.divergence, best.at.participation};
}

double seconds(const OptimumInput& input) {
  constexpr double kTypical = 0.05;
  constexpr double kAveraged = 1.0;
  return input.query == QueryPoint::averaged ? kAveraged : kTypical;
}

}  // namespace reprise::kde
