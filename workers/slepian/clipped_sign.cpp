#include "workers/slepian/clipped_sign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/slepian/covariance.hpp"
#include "workers/slepian/foresight.hpp"
#include "workers/slepian/path_task.hpp"
#include "workers/slepian/reference.hpp"
#include "workers/slepian/sign_tasks.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kTimes = 6;
constexpr double kMost = 4.0;  // standard errors

/// At .1, .25, .5, 1, 1.5, 2.5 mean intervals.
std::vector<double> times_of(const Model& model) {
  std::vector<double> times{.1, .25, .5, 1., 1.5, 2.5};
  const double mean = covariance_of(model)->mean_interval();
  for (double& t : times) t *= mean;
  return times;
}

struct Row {
  Model model;
  std::vector<double> times, expected;
  std::vector<Estimate> found;
};

std::vector<Row> measure(Run& run, const ClippedJob& job) {
  std::vector<ClippedInput> inputs;
  for (const Model& model : valid_models()) {
    ClippedInput input{model, times_of(model)};
    for (std::uint64_t first = 0; first < job.draws; first += job.block, ++input.block) {
      input.draws = std::min(job.block, job.draws - first);
      inputs.push_back(input);
    }
  }
  const auto results = run.map(kClipped, inputs, "signs of the Slepian process");
  const std::size_t blocks = inputs.size() / valid_models().size();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < valid_models().size(); ++i) {
    Row row{valid_models()[i], times_of(valid_models()[i]), {}, {}};
    const auto covariance = covariance_of(row.model);
    for (std::size_t k = 0; k < kTimes; ++k) {
      double sum = 0.0, count = 0.0;
      for (std::size_t block = 0; block < blocks; ++block) {
        const auto result = results.get(i * blocks + block);
        if (!result) continue;
        sum += result->mean[k] * static_cast<double>(result->count);
        count += static_cast<double>(result->count);
      }
      const double expected = covariance->expected_sign(row.times[k]);
      row.expected.push_back(expected);
      row.found.push_back({sum / count, std::sqrt((1.0 - expected * expected) / count)});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Table table_of(const std::vector<Row>& rows, const ClippedJob& job) {
  std::vector<std::string> model;
  std::vector<double> time, expected;
  std::vector<Estimate> found;
  for (const Row& row : rows) {
    for (std::size_t k = 0; k < kTimes; ++k) {
      model.push_back(title(row.model));
      time.push_back(row.times[k]);
      expected.push_back(row.expected[k]);
      found.push_back(row.found[k]);
    }
  }
  Column beside = verdict(found, expected);
  beside.label = "beside E0";
  return {"signs",
          "Mean sign of the Slepian process",
          fmt::format("{} draws of R a(t) + Z sqrt(1 - r^2 - a^2) for each row.", job.draws),
          {parameter("model", "covariance", model), parameter("time", "t", "", time), published(model.size()),
           theory("expected", "E0", "", expected), measured("mean", "mean sign", "", found), beside}};
}

Figure figure_of(const std::vector<Row>& rows) {
  Panel panel{"", {"t/μ"}, {"E0"}, {}};
  int colour = 0;
  for (const Row& row : rows) {
    const auto covariance = covariance_of(row.model);
    const double mean = covariance->mean_interval();
    const auto x = arithmetic(0.0, 2.6, 131);
    std::vector<double> y;
    for (const double unit : x) y.push_back(covariance->expected_sign(unit * mean));
    panel.series.push_back(curve("", x, y, colour));
    panel.series.push_back(points(title(row.model), in_units_of(row.times, mean), row.found, colour));
    ++colour;
  }
  return {"signs",
          "Expected sign of the Slepian process",
          "Lines: E0; points: means of drawn signs, bars one standard error.",
          {panel}};
}

/// First excursions of the Slepian process beside the exact law (acceptance value A33).
void follow_excursions(Run& run, const ClippedJob& job) {
  constexpr std::uint64_t kBlock = 25'000;
  constexpr double kStep = 0.1;
  const std::vector<double> times{1.0, 2.0, 5.0, 10.0, 20.0};
  std::vector<ExcursionInput> inputs;
  for (std::uint64_t first = 0; first < job.excursions; first += kBlock) {
    ExcursionInput input{diffusion(2), kStep, 300, std::min(kBlock, job.excursions - first), first / kBlock};
    input.ask.times = times;
    inputs.push_back(input);
  }
  const auto results = run.map(kExcursions, inputs, "excursions of the Slepian process");
  const auto exact = run.map(kReference, std::vector<ReferenceInput>{{diffusion(2), 1.0, 21}}, "exact laws");
  std::vector<double> expected;
  std::vector<Estimate> found;
  Agreement agreement;
  for (std::size_t k = 0; k < times.size(); ++k) {
    double longer = 0.0, all = 0.0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto block = results.get(i);
      if (!block) continue;
      longer += static_cast<double>(block->survivors[k]);
      all += static_cast<double>(block->at_risk);
    }
    expected.push_back(exact.at(0).survival[static_cast<std::size_t>(times[k])]);
    found.push_back({longer / all, std::sqrt(expected.back() * (1.0 - expected.back()) / all)});
    agreement.add(found.back(), expected.back());
  }
  Column beside = verdict(found, expected);
  beside.label = "beside exact";
  run.publish(Table{
      "excursions",
      "First excursions of the Slepian process",
      fmt::format("{} draws for diffusion, d = 2, on a grid of step {:g}, followed until they are no longer "
                  "positive, at most to t = 30.",
                  job.excursions, kStep),
      {parameter("time", "t", "", times), published(times.size()), theory("exact", "exact", "", expected),
       measured("survival", "P(T > t)", "", found), beside}});
  Finding finding{"C9b"};
  finding.rows = "table excursions";
  finding.value = agreement.largest;
  finding.measured = fmt::format("largest difference {:.1f} SE", agreement.largest);
  if (agreement.missing > 0) {
    finding.remark = "values are missing: tasks failed";
  } else {
    finding.verdict = agreement.largest < kMost ? Verdict::reproduced : Verdict::not_reproduced;
  }
  run.settle(finding);
}

void show_signs(Run& run, const ClippedJob& job) {
  const auto rows = measure(run, job);
  run.publish(table_of(rows, job));
  std::vector<Row> some;
  for (const Row& row : rows) {
    if (some.empty() || row.model.family != some.back().model.family) some.push_back(row);
  }
  run.publish(figure_of(some));
  Finding finding{"C9"};
  finding.rows = "table signs";
  Agreement agreement;
  for (const Row& row : rows) {
    for (std::size_t k = 0; k < kTimes; ++k) agreement.add(row.found[k], row.expected[k]);
  }
  finding.value = agreement.largest;
  finding.measured = fmt::format("{} of {} within 3 SE, largest {:.1f}", agreement.within_three,
                                 agreement.values, agreement.largest);
  if (agreement.missing > 0) {
    finding.remark = "values are missing: tasks failed";
  } else {
    finding.verdict = agreement.largest < kMost ? Verdict::reproduced : Verdict::not_reproduced;
  }
  run.settle(finding);
}

void clipped(Run& run, const ClippedJob& job) {
  Stages stages;
  stages.run([&] { show_signs(run, job); });
  stages.run([&] { follow_excursions(run, job); });
  stages.finish();
}

}  // namespace

const std::vector<Model>& valid_models() {
  static const std::vector<Model> models{diffusion(1),
                                         diffusion(2),
                                         diffusion(3),
                                         diffusion(10),
                                         random_acceleration(),
                                         matern(1.25),
                                         matern(1.5),
                                         matern(2.5),
                                         matern(3.5),
                                         shifted_matern(.5, .5),
                                         shifted_matern(.5, 1),
                                         shifted_matern(.5, 2),
                                         shifted_matern(1.5, 1),
                                         gaussian(),
                                         cauchy(1),
                                         wendland()};
  return models;
}

void validate(const ClippedJob& job, const JobTable& table) {
  table.require(job.draws >= 1000, "draws", "must be at least 1000");
  table.require(job.block >= 1000, "block", "must be at least 1000");
  table.require(job.excursions >= 100000, "excursions", "must be at least 100000");
}

Experiment clipped_experiment() {
  return experiment<ClippedJob>(
      "clipped", "The clipped Slepian process",
      "The process seen from an up-crossing is R a(t) plus noise; its expected sign is E0 (E7).", clipped,
      {{"C9", "The expected clipped Slepian process is a(t)/sqrt(1 - r^2)", "?", "[paper], criterion ours",
        "means of drawn signs within 4 SE at six times, for sixteen covariances", "any"},
       {"C9b", "Until it returns to zero the Slepian process is an excursion", "?", "[known]",
        "P(T > t) of 100000 or more draws within 4 SE of the exact law at t = 1, 2, 5, 10, 20, diffusion "
        "with d = 2",
        "100000 draws"}});
}

}  // namespace reprise::slepian
