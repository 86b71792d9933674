#include "pipeline/run/drivers.hpp"

#include <gmock/gmock.h>

namespace reprise {
namespace {

using How = DriverEnd::How;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Drivers, ThatFailAlikeAreNamedTogether) {
  EXPECT_THAT(failures_of({{"first", How::failed, "no data"},
                           {"second", How::finished, ""},
                           {"third", How::failed, "no model"},
                           {"fourth", How::failed, "no data"},
                           {"fifth", How::needs_results, ""}}),
              ElementsAre("experiments first, fourth: no data", "experiment third: no model"));
  EXPECT_THAT(failures_of({{"first", How::interrupted, ""}}), IsEmpty());
}

}  // namespace
}  // namespace reprise
