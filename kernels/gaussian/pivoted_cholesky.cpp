#include "kernels/gaussian/pivoted_cholesky.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/gaussian/normal_law.hpp"

namespace reprise {
namespace {

using Index = Eigen::Index;

/// What is left of a covariance beyond its rank may be this many tolerances: rounding of its entries, grown
/// by the elimination.
constexpr double kSlack = 1000.0;

/// Left-looking: a step computes one column, and variables trade places in whole rows.
class Factorisation {
 public:
  Factorisation(const Eigen::MatrixXd& covariance, const PivotOptions& options)
      : covariance_(covariance),
        options_(options),
        n_(covariance.rows()),
        scale_(covariance.diagonal().maxCoeff()),
        variance_(covariance.diagonal()),
        mean_(Eigen::VectorXd::Zero(n_)),
        result_{std::vector<Index>(static_cast<std::size_t>(n_)), Eigen::MatrixXd::Zero(n_, n_), 0} {
    std::iota(result_.order.begin(), result_.order.end(), Index{0});
  }

  PivotedCholesky run() {
    while (result_.rank < n_) {
      check_variances();
      const Index next = pivot();
      if (next == n_) {
        break;
      }
      eliminate(next);
    }
    check_rest();
    result_.factor.conservativeResize(n_, result_.rank);
    return std::move(result_);
  }

 private:
  [[nodiscard]] Index variable(Index row) const { return result_.order[static_cast<std::size_t>(row)]; }
  [[nodiscard]] double least() const { return options_.tolerance * scale_; }

  void check_variances() const {
    for (Index i = result_.rank; i < n_; ++i) {
      if (variance_[i] < -kSlack * least()) {
        throw std::invalid_argument(fmt::format(
            "not a covariance: given {} others, variable {} has the variance {:.3g}, largest variance {:.3g}",
            result_.rank, variable(i), variance_[i], scale_));
      }
    }
  }

  /// Variables without variance have no covariances either.
  void check_rest() const {
    for (Index i = result_.rank; i < n_; ++i) {
      for (Index j = result_.rank; j < i; ++j) {
        const double rest = residual(i, j);
        if (std::abs(rest) > kSlack * least()) {
          throw std::invalid_argument(fmt::format(
              "not a covariance: given {} others, variables {} and {} have no variance but the covariance "
              "{:.3g}, largest variance {:.3g}",
              result_.rank, variable(i), variable(j), rest, scale_));
        }
      }
    }
  }

  [[nodiscard]] double residual(Index i, Index j) const {
    const Index k = result_.rank;
    return covariance_(variable(i), variable(j)) -
           result_.factor.row(i).head(k).dot(result_.factor.row(j).head(k));
  }

  /// The row that comes next; n when the rest is linear in what came before.
  [[nodiscard]] Index pivot() const {
    const Index k = result_.rank;
    if (k < options_.kept) {
      if (!(variance_[k] > least())) {
        throw std::invalid_argument(fmt::format(
            "variable {} is to be kept in place but is linear in those before it (variance {:.3g} of {:.3g})",
            k, variance_[k], scale_));
      }
      return k;
    }
    Index best = n_;
    double best_score = 0.0;
    for (Index i = k; i < n_; ++i) {
      if (!(variance_[i] > least())) {
        continue;
      }
      const double score = options_.order == PivotOrder::largest_variance
                               ? variance_[i]
                               : -mean_[i] / std::sqrt(variance_[i]);  // falls as the probability grows
      if (best == n_ || score > best_score) {
        best = i;
        best_score = score;
      }
    }
    return best;
  }

  void eliminate(Index next) {
    const Index k = result_.rank;
    auto& factor = result_.factor;
    std::swap(result_.order[static_cast<std::size_t>(k)], result_.order[static_cast<std::size_t>(next)]);
    std::swap(variance_[k], variance_[next]);
    std::swap(mean_[k], mean_[next]);
    factor.row(k).head(k).swap(factor.row(next).head(k));

    const double deviation = std::sqrt(variance_[k]);
    const Index below = n_ - k - 1;
    Eigen::VectorXd column(below);
    for (Index i = 0; i < below; ++i) {
      column[i] = covariance_(variable(k + 1 + i), variable(k));
    }
    column.noalias() -= factor.block(k + 1, 0, below, k) * factor.row(k).head(k).transpose();
    column /= deviation;
    factor(k, k) = deviation;
    factor.col(k).tail(below) = column;
    variance_.tail(below).array() -= column.array().square();
    if (options_.order == PivotOrder::smallest_probability) {
      mean_.tail(below) += inverse_mills_ratio(mean_[k] / deviation) * column;
    }
    ++result_.rank;
  }

  const Eigen::MatrixXd& covariance_;
  const PivotOptions& options_;
  Index n_;
  double scale_;
  Eigen::VectorXd variance_;  // [n] in pivot order, conditional on the first rank
  Eigen::VectorXd mean_;      // [n] in pivot order, given the expected values of the first rank
  PivotedCholesky result_;
};

}  // namespace

PivotedCholesky pivoted_cholesky(const Eigen::MatrixXd& covariance, const PivotOptions& options) {
  expects(covariance.rows() > 0 && covariance.rows() == covariance.cols(), "a covariance is a square matrix");
  expects(covariance.allFinite(), "a covariance has finite entries");
  const double scale = covariance.diagonal().maxCoeff();
  expects(scale > 0.0, "a covariance has a variance above zero");
  expects((covariance - covariance.transpose()).cwiseAbs().maxCoeff() <= 1e-12 * scale,
          "a covariance is symmetric");
  expects(options.tolerance >= 1e-15 && options.tolerance < 1.0, "the tolerance is in [1e-15, 1)");
  expects(options.kept >= 0 && options.kept <= covariance.rows(), "at most all variables are kept in place");
  return Factorisation(covariance, options).run();
}

}  // namespace reprise
