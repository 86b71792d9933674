#include "kernels/data/pca.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Index = Eigen::Index;

void fix_sign(Eigen::Ref<Eigen::VectorXd> loading) {
  Index largest = 0;
  loading.cwiseAbs().maxCoeff(&largest);
  if (loading[largest] < 0.0) {
    loading = -loading;
  }
}

}  // namespace

PrincipalComponents principal_components(std::span<const double> values, std::size_t columns,
                                         std::size_t components) {
  expects(columns > 0 && !values.empty() && values.size() % columns == 0,
          "data come as rows of equal length");
  const std::size_t rows = values.size() / columns;
  expects(components > 0 && components <= std::min(rows, columns),
          "there are at most as many components as rows and as columns");
  const auto n = static_cast<Index>(rows);
  const auto d = static_cast<Index>(columns);
  const auto k = static_cast<Index>(components);
  Matrix centred = Eigen::Map<const Matrix>(values.data(), n, d);
  const Eigen::RowVectorXd mean = centred.colwise().mean();
  centred.rowwise() -= mean;

  Eigen::MatrixXd loadings(d, k);
  if (d <= n) {
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(d, d);
    covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    loadings = solver.eigenvectors().rightCols(k).rowwise().reverse();
  } else {
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(n, n);
    gram.selfadjointView<Eigen::Lower>().rankUpdate(centred);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
    loadings = centred.transpose() * solver.eigenvectors().rightCols(k).rowwise().reverse();
    double largest = 0.0;
    for (Index c = 0; c < k; ++c) {
      const double norm = loadings.col(c).norm();
      // Beyond the rank there is no direction left, only rounding.
      largest = std::max(largest, norm);
      loadings.col(c) *= norm > 1e-7 * largest ? 1.0 / norm : 0.0;
    }
  }
  for (Index c = 0; c < k; ++c) {
    fix_sign(loadings.col(c));
  }
  PrincipalComponents result{rows, components, std::vector<double>(rows * components), {}};
  Eigen::Map<Matrix> scores(result.scores.data(), n, k);
  scores.noalias() = centred * loadings;
  for (Index c = 0; c < k; ++c) {
    result.variance.push_back(scores.col(c).squaredNorm() / static_cast<double>(n));
  }
  return result;
}

}  // namespace reprise
