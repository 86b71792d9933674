#include "pipeline/job/job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/job/sample_jobs.hpp"

namespace reprise {
namespace {

using sample::kHeader;
using sample::kJob;
using sample::parse;
using testing::ElementsAre;

TEST(Job, ReadsWhatItSays) {
  const auto job = parse(kJob);
  EXPECT_EQ(job.paper, "kde");
  EXPECT_EQ(job.name, "kde-smoke");
  EXPECT_EQ(job.seed, 18446744073709551615U);
  EXPECT_EQ(job.scale, Scale::smoke);
  EXPECT_EQ(job.run.retries, 3);
  EXPECT_EQ(job.run.publish_seconds, 2.5);
  EXPECT_EQ(job.run.publish_megabytes, 16.0);
  EXPECT_EQ(job.run.checkpoint_seconds, 30.0);
  EXPECT_EQ(job.run.isa, JobIsa::avx2);
  ASSERT_EQ(job.experiments.size(), 2U);
  EXPECT_EQ(job.experiments[0].first, "fluctuations");
  EXPECT_EQ(job.experiments[0].second.name(), "experiments.fluctuations");
  EXPECT_EQ(job.experiments[1].first, "phase_diagram");
  EXPECT_EQ(job.text, kJob);
  EXPECT_EQ(job.path, "job.toml");
}

TEST(Job, ReadsEveryTypeOfField) {
  const auto job = parse(kJob);
  const auto read = read_struct<sample::Fluctuations>(job.experiments[0].second);
  EXPECT_THAT(read.dims, ElementsAre(1, 2, 16));
  EXPECT_THAT(read.alphas, ElementsAre(1.0, 0.1, 1e-3, 2.5));
  EXPECT_EQ(read.datasets, 1000);
  EXPECT_EQ(read.shards, 7U);
  EXPECT_EQ(read.offset, 9223372036854775808U);
  EXPECT_FALSE(read.centred);
  EXPECT_EQ(read.tolerance, 0.5F);
  EXPECT_EQ(read.bandwidth, 2.0);
  EXPECT_EQ(read.label, "größer \"λ\"");
  EXPECT_THAT(read.tags, ElementsAre("a", "b\\c", "multi\nline"));
  EXPECT_EQ(read.spectrum, sample::Spectrum::power_law);
  EXPECT_THAT(read.spectra, ElementsAre(sample::Spectrum::power_law, sample::Spectrum::isotropic));
  EXPECT_THAT(read.flags, ElementsAre(true, false));
  EXPECT_THAT(read.range, ElementsAre(-1.5, 3.0));
  EXPECT_EQ(read.noise.level, 0.75);
  EXPECT_EQ(read.noise.draws, 8);
}

TEST(Job, TakesDefaultsWhereKeysAreMissing) {
  const auto job = parse(kHeader);
  EXPECT_EQ(job.seed, 1U);
  EXPECT_EQ(job.name, "job");
  EXPECT_EQ(job.run.retries, 1);
  EXPECT_EQ(job.run.isa, JobIsa::automatic);
  const auto read = read_struct<sample::Fluctuations>(job.experiments[0].second);
  EXPECT_THAT(read.dims, ElementsAre(20, 100));
  EXPECT_EQ(read.noise.level, 0.25);
}

TEST(Job, KeepsTheOrderOfExperiments) {
  const auto job =
      parse("paper = \"kde\"\nscale = \"paper\"\n[experiments.z]\n[experiments.a]\n[experiments.m]\n");
  ASSERT_EQ(job.experiments.size(), 3U);
  EXPECT_EQ(job.experiments[0].first, "z");
  EXPECT_EQ(job.experiments[1].first, "a");
  EXPECT_EQ(job.experiments[2].first, "m");
}

TEST(Job, TakesInlineAndDottedTables) {
  const auto read = sample::read_all(
      "paper = \"kde\"\nscale = \"smoke\"\nexperiments.fluctuations = {dims = [], noise = {level = "
      "3}}\nrun.retries = 0");
  EXPECT_TRUE(read.dims.empty());
  EXPECT_EQ(read.noise.level, 3.0);
}

TEST(Job, TakesWindowsLineEndsAndByteOrderMark) {
  std::string text = "\xEF\xBB\xBF";
  for (const char letter : kJob) text += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
  EXPECT_EQ(parse(text).name, "kde-smoke");
}

TEST(Job, IsNamedForItsFile) {
  EXPECT_EQ(job_name_of("jobs/smoke/kde.toml"), "kde");
  EXPECT_EQ(job_name_of("KDE Smoke (2).toml"), "kde-smoke-2");
  EXPECT_EQ(job_name_of("a/größe.toml"), "gr-e");
  EXPECT_EQ(job_name_of(".toml"), "toml");
  EXPECT_EQ(job_name_of("---.toml"), "job");
  EXPECT_EQ(job_name_of(std::string(300, 'x') + ".toml").size(), 100U);
}

TEST(Job, MeansTheSameHoweverItIsWritten) {
  const auto flat = [](const Job& job) {
    auto all = flatten(job);
    flatten(read_struct<sample::Fluctuations>(job.experiments[0].second), "experiments.fluctuations", all);
    return all;
  };
  const auto spelt = flat(parse(kHeader + "dims = [ 0x14,\n 100, ] # same\nbandwidth = 1\nlabel = 'all'\n"));
  EXPECT_EQ(spelt, flat(parse(kHeader)));
  const auto changed = flat(parse(kHeader + "datasets = 6000\n"));
  EXPECT_EQ(to_text(differences(spelt, changed)), "experiments.fluctuations.datasets: 3000 -> 6000\n");
}

}  // namespace
}  // namespace reprise
