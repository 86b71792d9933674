#include "kernels/gaussian/orthant.hpp"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

using Index = Eigen::Index;

/// Rows first, ..., first + rows - 1 of the factor, with the Rayleigh variable's loadings as column 0.
SweepPlan::Panel make_panel(const PivotedCholesky& factor, const OrthantForm& form, Index first, Index rows) {
  const bool random = first < factor.rank;
  const Index rayleigh = form.rayleigh.size() > 0 ? 1 : 0;
  const Index before = random ? first : factor.rank;
  SweepPlan::Panel panel;
  panel.rows = static_cast<std::size_t>(rows);
  panel.random = random;
  panel.columns = static_cast<std::size_t>(before + rayleigh);
  panel.outer.resize(panel.columns * SweepPlan::kRows);
  for (Index r = 0; r < rows; ++r) {
    const Index row = first + r;
    const auto slot = static_cast<std::size_t>(r);
    const double deviation = random ? factor.factor(row, row) : 1.0;
    const auto outer = [&](Index column) -> double& {
      return panel.outer[static_cast<std::size_t>(column) * SweepPlan::kRows + slot];
    };
    if (rayleigh == 1) {
      outer(0) = form.rayleigh[factor.order[static_cast<std::size_t>(row)]] / deviation;
    }
    for (Index column = 0; column < before; ++column) {
      outer(column + rayleigh) = factor.factor(row, column) / deviation;
    }
    for (Index column = 0; random && column < r; ++column) {
      panel.inner[slot * SweepPlan::kRows + static_cast<std::size_t>(column)] =
          factor.factor(row, first + column) / deviation;
    }
    panel.weight[slot] = row < form.weighted ? deviation : 0.0;
  }
  return panel;
}

SweepPlan make_plan(const PivotedCholesky& factor, const OrthantForm& form) {
  const Index n = factor.factor.rows();
  const Index width = SweepPlan::kRows;
  SweepPlan plan;
  plan.rayleigh = form.rayleigh.size() > 0;
  plan.columns = static_cast<std::size_t>(factor.rank) + (plan.rayleigh ? 1 : 0);
  for (Index first = 0; first < n;) {
    const Index end = first < factor.rank ? factor.rank : n;
    const Index rows = std::min(width, end - first);
    plan.panels.push_back(make_panel(factor, form, first, rows));
    first += rows;
  }
  return plan;
}

}  // namespace

LatticeSum& LatticeSum::operator+=(const LatticeSum& other) {
  // Knuth's exact sum: what rounding loses is kept.
  const double total = sum + other.sum;
  const double taken = total - sum;
  rest += ((sum - (total - taken)) + (other.sum - taken)) + other.rest;
  sum = total;
  count += other.count;
  return *this;
}

GaussianOrthant::GaussianOrthant(const PivotedCholesky& factor, const OrthantForm& form) {
  const Index n = factor.factor.rows();
  expects(factor.rank > 0 && factor.rank == factor.factor.cols() && factor.rank <= n &&
              std::cmp_equal(factor.order.size(), n),
          "a pivoted factor has its rank's columns and an order of all rows");
  expects(form.rayleigh.size() == 0 || form.rayleigh.size() == n,
          "each variable has a loading on the Rayleigh variable");
  expects(form.weighted >= 0 && form.weighted <= factor.rank,
          "variables that multiply the integrand are among the first `rank`");
  for (Index i = 0; i < form.weighted; ++i) {
    expects(factor.order[static_cast<std::size_t>(i)] == i,
            "variables that multiply the integrand were kept first (PivotOptions::kept)");
  }
  plan_ = make_plan(factor, form);
}

LatticeSum GaussianOrthant::sum(const ShiftedLattice& lattice, std::uint64_t first,
                                std::uint64_t count) const {
  expects(lattice.dimensions() >= dimensions(), "the lattice has a coordinate for each variable");
  const auto workspace = hwy::AllocateAligned<double>(sweep_workspace(plan_));
  expects(workspace != nullptr, "there is memory for a batch of samples");
  SweepPoints points{std::vector<std::uint64_t>(dimensions()), std::vector<std::uint64_t>(dimensions())};
  for (std::size_t i = 0; i < dimensions(); ++i) {
    points.step[i] = lattice.step(i);
  }
  LatticeSum total;
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t from = first + done;
    points.count = std::min(kBatch - from % kBatch, count - done);
    for (std::size_t i = 0; i < dimensions(); ++i) {
      points.origin[i] = lattice.position(from, i);
    }
    total += {sweep(plan_, points, workspace.get()), 0.0, points.count};
    done += points.count;
  }
  return total;
}

Estimate mean_over_shifts(std::span<const LatticeSum> shifts) {
  expects(shifts.size() >= 2, "a standard error takes two shifts or more");
  std::vector<double> means;
  for (const LatticeSum& shift : shifts) {
    expects(shift.count > 0, "a shift has points");
    means.push_back(shift.mean());
  }
  return mean_with_error(means);
}

Estimate integrate(const GaussianOrthant& orthant, const RandomKey& key, std::uint64_t points,
                   std::uint64_t shifts, LatticeRule rule) {
  std::vector<LatticeSum> sums;
  for (std::uint64_t shift = 0; shift < shifts; ++shift) {
    sums.push_back(orthant.sum(ShiftedLattice(orthant.dimensions(), key, shift, rule), 0, points));
  }
  return mean_over_shifts(sums);
}

Estimate orthant_probability(const Eigen::MatrixXd& covariance, const RandomKey& key, std::uint64_t points,
                             std::uint64_t shifts, const PivotOptions& options) {
  return integrate(GaussianOrthant(pivoted_cholesky(covariance, options)), key, points, shifts);
}

}  // namespace reprise
