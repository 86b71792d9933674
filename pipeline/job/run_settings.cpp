#include "pipeline/job/run_settings.hpp"

#include <fmt/format.h>

namespace reprise {

void validate(const RunSettings& run, const JobTable& table) {
  const auto within = [&](std::string_view key, auto value, auto low, auto high) {
    table.require(value >= low && value <= high, key,
                  fmt::format("must be from {} to {}, is {}", low, high, value));
  };
  within("retries", run.retries, 0, 100);
  within("publish_seconds", run.publish_seconds, 0.01, 3600.0);
  within("publish_megabytes", run.publish_megabytes, 0.001, 4096.0);
  within("checkpoint_seconds", run.checkpoint_seconds, 0.01, 86400.0);
}

}  // namespace reprise
