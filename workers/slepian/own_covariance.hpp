#pragma once

#include <string>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

/// A covariance as a job names it: a family with its parameters, or a file.
struct CovarianceChoice : Model {
  std::string table;
};

constexpr auto fields(const CovarianceChoice*) {
  return std::tuple_cat(fields(static_cast<const Model*>(nullptr)),
                        std::tuple{field("table", &CovarianceChoice::table,
                                         "CSV file of lags and covariances, in place of a family")});
}

/// The exponent, the distribution and the validity of the approximation for a covariance of one's own.
struct OwnJob {
  CovarianceChoice covariance;
  PersistencyStudy study;
};

constexpr auto fields(const OwnJob*) {
  return std::tuple{field("covariance", &OwnJob::covariance, "the covariance"),
                    field("study", &OwnJob::study, "how thoroughly")};
}
void validate(const OwnJob& job, const JobTable& table);

Experiment own_experiment();

}  // namespace reprise::slepian
