#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/pipeline/job/sample_jobs.hpp"

namespace reprise::sample {

struct WrongJob {
  std::string name;
  std::string text;
  std::string place;  ///< "line:column"; empty for a mistake of the whole file
  std::vector<std::string> says;
};

inline std::string name_of_wrong_job(const testing::TestParamInfo<WrongJob>& info) {
  return info.param.name;
}

class WrongJobTest : public testing::TestWithParam<WrongJob> {
 protected:
  static void expect_refused() {
    const auto& job = GetParam();
    const auto complaint = complaint_of(job.text);
    EXPECT_THAT(complaint, testing::StartsWith("job.toml:" + job.place + (job.place.empty() ? "" : ": ")));
    for (const auto& fragment : job.says) EXPECT_THAT(complaint, testing::HasSubstr(fragment));
    if (!job.place.empty()) {
      EXPECT_THAT(complaint, testing::EndsWith("^"));
    }
    EXPECT_THAT(complaint, testing::Not(testing::HasSubstr("toml::")));
  }
};

}  // namespace reprise::sample
