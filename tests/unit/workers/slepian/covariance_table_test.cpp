#include "workers/slepian/covariance_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "kernels/data/bytes.hpp"
#include "tests/unit/temporary_folder.hpp"
#include "workers/slepian/covariance.hpp"
#include "workers/slepian/exponent.hpp"
#include "workers/slepian/validity.hpp"

namespace reprise::slepian {
namespace {

std::vector<double> sampled(const std::function<double(double)>& r, double step, double end) {
  std::vector<double> values;
  for (int k = 0; step * k <= end; ++k) values.push_back(r(step * k));
  return values;
}

std::vector<double> sampled(const Model& model, double step, double end) {
  const auto covariance = covariance_of(model);
  return sampled([&](double t) { return covariance->value(t); }, step, end);
}

Model table_of(const Model& model, double step, double end) {
  Model table;
  table.family = Family::table;
  table.step = step;
  table.values = sampled(model, step, end);
  return table;
}

TEST(TabulatedCovariance, GivesWhatItsFormulaGives) {
  const auto exact = covariance_of(diffusion(2));
  const auto table = covariance_of(table_of(diffusion(2), 0.05, 40.0));
  EXPECT_NEAR(table->second_moment(), exact->second_moment(), 1e-5);
  for (const double t : {.01, .1, 1., 5., 20., 39.}) {
    EXPECT_NEAR(table->value(t), exact->value(t), 1e-7) << t;
    EXPECT_NEAR(table->expected_sign(t), exact->expected_sign(t), 1e-6) << t;
  }
  EXPECT_NEAR(table->decay(), 0.5, 1e-4);
  EXPECT_NEAR(persistency_exponent(*table)->exponent, .186210712979, 1e-5);
  EXPECT_EQ(judge_validity(*table, {2.0, 1e-4}).verdict, ValidityVerdict::divisor);
}

TEST(TabulatedCovariance, KeepsTheVerdictOfAnOscillatingOne) {
  const auto table = covariance_of(table_of(gaussian_cosine(2.0), 0.02, 8.0));
  const Validity found = judge_validity(*table, {1.0 / std::sqrt(5.0), 1e-4});
  EXPECT_EQ(found.verdict, ValidityVerdict::improper);
  EXPECT_NEAR(found.least_sign, -.2333, 1e-3);
}

TEST(CovarianceProblem, IsNoneForCovariances) {
  EXPECT_EQ(covariance_problem(.05, sampled(diffusion(2), .05, 40)), "");
  EXPECT_EQ(covariance_problem(.02, sampled(matern(1.25), .02, 12)), "");
  EXPECT_EQ(covariance_problem(.02, sampled(gaussian_cosine(2), .02, 8)), "");
}

void expect_problem(const std::vector<double>& values, double step, const std::string& part) {
  const std::string problem = covariance_problem(step, values);
  EXPECT_NE(problem.find(part), std::string::npos) << "\"" << problem << "\" lacks \"" << part << "\"";
}

TEST(CovarianceProblem, IsSaidWithItsReason) {
  expect_problem(sampled([](double t) { return std::exp(-t); }, .01, 12), .01, "not differentiable at lag 0");
  expect_problem(sampled(gaussian(), .5, 20), .5, "sampled too coarsely");
  expect_problem(sampled(gaussian(), .05, 2), .05, "r is still");
  expect_problem(sampled([](double t) { return std::exp(-std::pow(t, 4)); }, .02, 8), .02,
                 "not positive definite");
  expect_problem(sampled([](double t) { return std::exp(-0.5 * t * t) * (1 + 0.5 * t * t); }, .05, 8), .05,
                 "not positive definite");
  expect_problem(sampled([](double t) { return t < 2 ? 1 - t * t / 4 : 0.0; }, .02, 4), .02,
                 "not positive definite");
  expect_problem(std::vector<double>(100, 1.0), .02, "doesn't fall");
  expect_problem({1.0, 0.9, 0.5}, .02, "at least 32");
  auto large = sampled(gaussian(), .05, 8);
  large[40] = 1.5;
  expect_problem(large, .05, "larger than that at lag 0");
}

class CovarianceFile : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) { return folder_.write("r.csv", text); }
  void expect_refused(const std::string& text, const std::string& part) {
    try {
      (void)read_covariance(write(text));
      ADD_FAILURE() << "not refused: " << part;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("r.csv"), std::string::npos) << error.what();
    }
  }
  static std::string rows(double scale, int count) {
    std::string text;
    for (int k = 0; k < count; ++k)
      text += std::to_string(0.05 * k) + "," + std::to_string(scale * std::exp(-0.5 * 0.0025 * k * k)) + "\n";
    return text;
  }

  samples::TemporaryFolder folder_;
};

TEST_F(CovarianceFile, IsReadAndScaledToUnitVariance) {
  const Model model = read_covariance(write(rows(4.0, 120)));
  EXPECT_EQ(model.values.size(), 120U);
  EXPECT_DOUBLE_EQ(model.values[0], 1.0);
  EXPECT_NEAR(model.step, 0.05, 1e-12);
  EXPECT_NEAR(covariance_of(model)->value(1.0), std::exp(-0.5), 1e-5);
}

TEST_F(CovarianceFile, IsRefusedWithRowAndReason) {
  expect_refused("0,1,2\n" + rows(1.0, 0), "two columns");
  expect_refused(rows(1.0, 10), "at least 32 rows");
  expect_refused(rows(-1.0, 120), "must be greater than 0");
  expect_refused(rows(1.0, 120).substr(rows(1.0, 1).size()), "first lag must be 0");
  auto uneven = rows(1.0, 120);
  uneven.replace(uneven.find("0.500000"), 8, "0.510000");
  expect_refused(uneven, "row 11: lag 0.51");
  expect_refused("lag,r\n" + rows(1.0, 120), "");
}

}  // namespace
}  // namespace reprise::slepian
