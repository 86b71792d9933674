#include "pipeline/run/session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "pipeline/report/published_store.hpp"
#include "pipeline/run/coordinator.hpp"
#include "pipeline/run/crash_book.hpp"
#include "pipeline/run/drivers.hpp"
#include "pipeline/run/isa.hpp"
#include "pipeline/run/monitor.hpp"
#include "pipeline/run/stop_signal.hpp"
#include "pipeline/store/h5_file.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

/// The instruction set of this run: pinned at its first start, and to be had on all ranks ever after.
std::string pin_isa(const std::optional<FrozenJob>& frozen, const RunSettings& settings,
                    const std::string& best_of_all) {
  const auto wanted = name_of(settings.isa);
  const std::string asked = settings.isa == JobIsa::automatic ? std::string() : std::string(wanted);
  const auto pinned = frozen && asked.empty() ? frozen->isa : asked;
  if (pinned.empty()) return best_of_all;
  if (isa_level(pinned) > isa_level(best_of_all)) {
    throw UsageError(fmt::format(
        "the run needs {} ({}), but the best that all ranks here have is {}: run it on other nodes, or start "
        "anew in another folder with isa = \"{}\" under [run], since other instructions give other bits",
        pinned, asked.empty() ? "pinned at its first start" : "asked for by the job", best_of_all,
        best_of_all));
  }
  return pinned;
}

FrozenJob freeze_now(const CheckedJob& job, const std::string& isa, const std::optional<FrozenJob>& before) {
  FrozenJob frozen{job.meaning, isa, {}, utc_now()};
  for (const auto& [name, table] : job.job.experiments) {
    const auto& experiment = *job.paper->find(name);
    // A claim that was frozen before stays as it was: its criterion was there before the results.
    frozen.claims.emplace_back(name, before ? frozen_claims(*before, experiment) : experiment.claims);
  }
  return frozen;
}

std::function<void(const Published&)> saver(const fs::path& folder, FileSystem& files) {
  return [folder, &files](const Published& published) {
    h5::Image image;
    write_published(image.root().create_group("published/" + published.experiment), published);
    files.create_folders(folder / "published");
    publish_file(files, folder / "published" / (published.experiment + ".h5"), image.finish());
  };
}

/// What is said at the end of a run, and what it exits with.
void conclude(RunOutcome& outcome, const std::vector<DriverEnd>& ends, const Ledger& ledger,
              const Store& store, const RunRequest& request) {
  outcome.executed = ledger.executed();
  outcome.stored = store.size();
  outcome.failures = ledger.failures();
  bool interrupted = false;
  for (const auto& end : ends) {
    interrupted |= end.how == DriverEnd::How::interrupted;
    if (end.how == DriverEnd::How::failed) outcome.code = ExitCode::failed;
  }
  for (auto& message : failures_of(ends)) outcome.messages.push_back(std::move(message));
  constexpr std::size_t most_shown = 10;
  for (std::size_t i = 0; i < std::min(most_shown, outcome.failures.size()); ++i) {
    const auto& failure = outcome.failures[i];
    outcome.messages.push_back(fmt::format("task {}({}) {} after {} {}: {}", failure.task, failure.input,
                                           failure.set_aside ? "was set aside" : "failed", failure.attempts,
                                           failure.attempts == 1 ? "try" : "tries", failure.message));
  }
  if (outcome.failures.size() > most_shown) {
    outcome.messages.push_back(fmt::format("... and {} more; `reprise status` lists them all",
                                           outcome.failures.size() - most_shown));
  }
  if (!outcome.failures.empty()) outcome.code = ExitCode::failed;
  if (interrupted) {
    outcome.code = ExitCode::interrupted;
    outcome.messages.push_back(
        fmt::format("interrupted; all that was finished is stored. Go on with: {}", request.command));
  }
}

}  // namespace

RunOutcome run_job(const RunRequest& request, MpiWorld* world, FileSystem& files) {
  std::optional<Coordinator> coordinator;
  if (world != nullptr && world->size() > 1) coordinator.emplace(*world, task_kinds());
  const auto best_isa = coordinator ? coordinator->greet() : instruction_sets().best();

  const auto job = read_checked_job(request.job_file, request.only);
  const auto folder = fs::absolute(request.folder(job.job));
  if (const auto frozen = read_frozen(folder); frozen && !request.adopt)
    refuse_other_job(folder, *frozen, job);

  auto self = this_process();
  self.ranks = coordinator ? world->size() - 1 : 1;
  self.command = request.command;
  self.launch = request.launch;
  if (!self.job_id.empty()) wait_out_silent_holder(folder);
  auto lock = RunLock::acquire(folder, files, self);
  const auto before = read_frozen(folder);  // now that nobody else can change it
  if (before && !request.adopt) refuse_other_job(folder, *before, job);
  const auto isa = pin_isa(before, job.job.run, best_isa);
  const auto frozen = before && differences(before->meaning, job.meaning).empty() && before->isa == isa
                          ? *before
                          : freeze_now(job, isa, before);
  if (!before || before->frozen_at != frozen.frozen_at || before->meaning != frozen.meaning) {
    freeze(folder, files, job, frozen, lock.epoch());
  }
  instruction_sets().limit(isa);

  Events events(folder, files, lock.epoch());
  auto origin = this_origin();
  origin.seed = job.job.seed;
  origin.isa = isa;
  Store store(folder, files);
  const auto scan = store.scan_and_tidy();
  Ledger ledger(store, {.retries = job.job.run.retries});
  settle_crashes(folder, lock.epoch(), ledger, events, request.retry_set_aside);
  Checkpoints checkpoints(folder, files, origin);
  checkpoints.clean([&](const Key& key) { return store.has(key); });
  events.add("start", {{"host", origin.host},
                       {"cpu", origin.cpu},
                       {"ranks", self.ranks},
                       {"isa", isa},
                       {"job_id", origin.job_id},
                       {"binding", coordinator ? coordinator->seating().told : ""},
                       {"command", request.command},
                       {"reprise", origin.reprise},
                       {"revision", origin.revision},
                       {"stored", scan.rows}});

  Wakeup wakeup;
  ledger.on_ready = [&] { wakeup.notify(); };
  RunOutcome outcome;
  outcome.folder = request.folder(job.job);
  Publisher publisher(store, ledger, origin, lock.epoch(),
                      {std::chrono::duration<double>(job.job.run.publish_seconds),
                       static_cast<std::size_t>(job.job.run.publish_megabytes * 1e6)});
  publisher.on_error = [&] { wakeup.notify(); };
  Monitor monitor(folder, files, lock, ledger, store, self.ranks, [&] { wakeup.notify(); });
  if (coordinator) {
    // Outside of a scheduler nobody expects ranks to be bound, so there is nothing to say when they are not.
    const auto& seating = coordinator->seating();
    if (seating.bound || !self.job_id.empty() || bind_mode() != BindMode::automatic)
      monitor.say(seating.told);
  }
  for (const auto& damaged : scan.damaged) {
    monitor.say(fmt::format("segment {} {}: set aside in segments/damaged/, its tasks run again",
                            damaged.name, damaged.reason));
    events.add("segment_damaged", {{"segment", damaged.name}, {"reason", damaged.reason}});
  }

  std::vector<DriverEnd> ends;
  std::exception_ptr failure;
  try {
    Drivers drivers(job, frozen, ledger, saver(folder, files), [&] { wakeup.notify(); });
    // Whatever ends this scope, the drivers' threads must not wait for results that will never come.
    struct StopAtExit {
      Ledger& ledger;
      ~StopAtExit() { ledger.stop(); }
    } stop_at_exit{ledger};
    Dispatch dispatch{.ledger = ledger,
                      .store = store,
                      .publisher = publisher,
                      .checkpoints = checkpoints,
                      .events = events,
                      .wakeup = wakeup,
                      .run_folder = folder,
                      .epoch = lock.epoch(),
                      .origin = origin,
                      .checkpoint_seconds = job.job.run.checkpoint_seconds,
                      .finished = [&] { return drivers.finished(); },
                      .abandon =
                          [&] {
                            try {
                              publisher.flush();
                              monitor.finish();  // no heartbeat may come after the release
                              lock.release(static_cast<int>(ExitCode::interrupted));
                            } catch (const std::exception& error) {
                              fmt::print(stderr, "reprise: {}\n", error.what());
                            }
                            fmt::print(stderr,
                                       "reprise: interrupted in the middle of a task that has no "
                                       "checkpoints; all that was finished is stored. Go on with: {}\n",
                                       request.command);
                            ::_exit(static_cast<int>(ExitCode::interrupted));
                          },
                      .tick =
                          [&] {
                            publisher.check();
                            monitor.check();
                            if (stop_requested() != 0) ledger.stop();
                          }};
    if (coordinator) {
      coordinator->run(dispatch);
    } else {
      run_here(dispatch);
    }
    ends = drivers.join();
  } catch (...) {
    failure = std::current_exception();
  }
  try {
    publisher.flush();
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  checkpoints.clean([&](const Key& key) { return store.has(key); });
  conclude(outcome, ends, ledger, store, request);
  std::string failed_with;
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const Error& error) {
      outcome.code = error.code();
      failed_with = error.what();
    } catch (const std::exception& error) {
      outcome.code = ExitCode::failed;
      failed_with = error.what();
    }
    outcome.messages.push_back(failed_with);
  }
  monitor.finish();
  events.add("end", {{"exit_code", static_cast<int>(outcome.code)},
                     {"executed", outcome.executed},
                     {"stored", outcome.stored},
                     {"message", failed_with}});
  if (coordinator) coordinator->dismiss();
  try {
    lock.release(static_cast<int>(outcome.code));
  } catch (const Error& error) {
    outcome.messages.emplace_back(error.what());
  }
  return outcome;
}

}  // namespace reprise
