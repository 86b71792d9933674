#include "workers/slepian/slepian_model.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"

namespace reprise::slepian {

SlepianModel slepian_model(const Covariance& covariance, double step, Eigen::Index points) {
  expects(step > 0.0 && points >= 1, "a Slepian process is looked at on a grid");
  Eigen::VectorXd r(points + 1), a(points + 1);
  for (Eigen::Index k = 0; k <= points; ++k) {
    r[k] = covariance.value(step * static_cast<double>(k));
    a[k] = covariance.drift(step * static_cast<double>(k));
  }
  SlepianModel model{a.tail(points), Eigen::MatrixXd(points, points)};
  for (Eigen::Index i = 0; i < points; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      const double value = r[i - j] - r[i + 1] * r[j + 1] - a[i + 1] * a[j + 1];
      model.covariance(i, j) = model.covariance(j, i) = value;
    }
  }
  return model;
}

Eigen::MatrixXd grid_covariance(const Covariance& covariance, double step, Eigen::Index points) {
  Eigen::VectorXd r(points);
  for (Eigen::Index k = 0; k < points; ++k) r[k] = covariance.value(step * static_cast<double>(k));
  return Eigen::MatrixXd::NullaryExpr(points, points,
                                      [&](Eigen::Index i, Eigen::Index j) { return r[std::abs(i - j)]; });
}

DurbinModel durbin_model(const Covariance& covariance, double time, Eigen::Index steps) {
  expects(time > 0.0 && steps >= 1, "Durbin's formula is taken at a positive time on a grid");
  const double step = time / static_cast<double>(steps);
  const Eigen::Index inner = steps - 1;
  Eigen::MatrixXd joint(steps + 1, steps + 1);  // V, W, X(t_i)
  Eigen::MatrixXd ends(steps + 1, 2);           // their covariances with X(0), X(t)
  joint(0, 0) = joint(1, 1) = covariance.second_moment();
  joint(0, 1) = joint(1, 0) = covariance.curvature(time);
  ends.row(0) << 0.0, -covariance.slope(time);
  ends.row(1) << -covariance.slope(time), 0.0;
  for (Eigen::Index i = 0; i < inner; ++i) {
    const double t = step * static_cast<double>(i + 1);
    joint(0, i + 2) = joint(i + 2, 0) = -covariance.slope(t);
    joint(1, i + 2) = joint(i + 2, 1) = -covariance.slope(time - t);
    ends.row(i + 2) << covariance.value(t), covariance.value(time - t);
    for (Eigen::Index j = 0; j < inner; ++j)
      joint(i + 2, j + 2) = covariance.value(step * static_cast<double>(std::abs(i - j)));
  }
  const double r = covariance.value(time), rest = covariance.conditional_variance(time);
  Eigen::Matrix2d precision;
  precision << 1.0, -r, -r, 1.0;
  precision /= rest;
  DurbinModel model{joint - ends * precision * ends.transpose(), 0.0};
  model.covariance = (0.5 * (model.covariance + model.covariance.transpose())).eval();
  const double rate = std::sqrt(covariance.second_moment()) / (2.0 * std::numbers::pi);  // of up-crossings
  model.scale = 1.0 / (rate * 2.0 * std::numbers::pi * std::sqrt(rest));
  return model;
}

}  // namespace reprise::slepian
