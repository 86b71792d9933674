#include "pipeline/run/drivers.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace reprise {
namespace {

Published start_of(const CheckedJob& job, const FrozenJob& frozen, const Experiment& experiment) {
  Published published;
  published.experiment = experiment.name;
  published.title = experiment.title;
  published.description = experiment.description;
  published.claims = frozen_claims(frozen, experiment);
  published.order = static_cast<int>(&experiment - job.paper->experiments.data());
  return published;
}

DriverEnd drive(const CheckedJob& job, const JobTable& settings, const FrozenJob& frozen,
                const Experiment& experiment, Ledger& ledger,
                const std::function<void(const Published&)>& save) {
  DriverEnd end{experiment.name};
  try {
    Run run(
        ledger, job.job.seed, frozen.isa,
        [](const std::string& name) -> const TaskKind& {
          const auto* kind = find_task_kind(name);
          if (kind == nullptr) throw std::logic_error("task " + name + " is not registered with its paper");
          return *kind;
        },
        start_of(job, frozen, experiment), save);
    experiment.drive(run, settings);
    run.finish();
  } catch (const Interrupted&) {
    end.how = DriverEnd::How::interrupted;
  } catch (const NeedsResults&) {
    end.how = DriverEnd::How::needs_results;
  } catch (const std::exception& error) {
    end.how = DriverEnd::How::failed;
    end.message = error.what();
  }
  return end;
}

}  // namespace

std::vector<std::string> failures_of(const std::vector<DriverEnd>& ends) {
  std::vector<std::string> messages;  // in the order in which they were first met
  std::vector<std::vector<std::string>> experiments;
  for (const auto& end : ends) {
    if (end.how != DriverEnd::How::failed) continue;
    const auto known = std::ranges::find(messages, end.message);
    if (known == messages.end()) {
      messages.push_back(end.message);
      experiments.push_back({end.experiment});
    } else {
      experiments[static_cast<std::size_t>(known - messages.begin())].push_back(end.experiment);
    }
  }
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i] = fmt::format("experiment{} {}: {}", experiments[i].size() == 1 ? "" : "s",
                              fmt::join(experiments[i], ", "), messages[i]);
  }
  return messages;
}

std::vector<DriverEnd> plan_in_turn(const CheckedJob& job, const FrozenJob& frozen, Ledger& ledger) {
  std::vector<DriverEnd> ends;
  for (const auto& [name, table] : job.job.experiments) {
    ends.push_back(drive(job, table, frozen, *job.paper->find(name), ledger, [](const Published&) {}));
  }
  return ends;
}

Drivers::Drivers(const CheckedJob& job, const FrozenJob& frozen, Ledger& ledger,
                 std::function<void(const Published&)> save, std::function<void()> on_end)
    : running_(job.job.experiments.size()), ends_(job.job.experiments.size()) {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    threads_.emplace_back([this, i, &job, &frozen, &ledger, save, on_end] {
      const auto& [name, table] = job.job.experiments[i];
      ends_[i] = drive(job, table, frozen, *job.paper->find(name), ledger, save);
      --running_;
      on_end();
    });
  }
}

Drivers::~Drivers() {
  join();
}

std::vector<DriverEnd> Drivers::join() {
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  return ends_;
}

}  // namespace reprise
