#pragma once

#include <Eigen/Dense>
#include <cmath>

#include "covariances.hpp"

namespace reprise {

/// Slepian's process of diffusion in two dimensions after an up-crossing, on a grid.
struct DiffusionSlepian {
  Eigen::VectorXd drift;       // [n]
  Eigen::MatrixXd covariance;  // [n, n]
  Eigen::MatrixXd factor;      // [n, k]

  DiffusionSlepian(int n, double step) : drift(n), covariance(n, n) {
    for (int i = 0; i < n; ++i) drift(i) = -2.0 * Diffusion2::slope((i + 1) * step);  // -r''(0) = 1/4
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        covariance(i, j) = Diffusion2::r(std::abs(i - j) * step) -
                           Diffusion2::r((i + 1) * step) * Diffusion2::r((j + 1) * step) -
                           drift(i) * drift(j);
      }
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const auto rank = (solver.eigenvalues().array() > 1e-12).count();
    factor = solver.eigenvectors().rightCols(rank) * solver.eigenvalues().tail(rank).cwiseSqrt().asDiagonal();
  }
};

}  // namespace reprise
