#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/job/wrong_jobs.hpp"

namespace reprise {
namespace {

using sample::kHeader;
using sample::WrongJob;

/// Jobs that are TOML but wrong; an experiment's first key is on line 5.
const std::vector<WrongJob> kWrong{
    {"text_for_integer",
     kHeader + "datasets = \"many\"\n",
     "5:12",
     {"experiments.fluctuations.datasets must be an integer", "the string \"many\""}},
    {"digits_in_quotes", kHeader + "datasets = \"20\"\n", "5:12", {"write 20 without quotes"}},
    {"number_for_integer", kHeader + "datasets = 1e6\n", "5:12", {"the number 1e6", "write 1000000"}},
    {"fraction_for_integer",
     kHeader + "datasets = 1.5\n",
     "5:12",
     {"must be an integer, found the number 1.5\n"}},
    {"boolean_for_integer", kHeader + "datasets = true\n", "5:12", {"must be an integer, found true"}},
    {"list_for_integer", kHeader + "datasets = [1, 2]\n", "5:12", {"found a list of 2"}},
    {"table_for_integer", kHeader + "datasets = {a = 1}\n", "5:12", {"found a table"}},
    {"date_for_integer", kHeader + "datasets = 2024-02-29\n", "5:12", {"the date or time 2024-02-29"}},
    {"int32_too_large",
     kHeader + "dims = [1, 2147483648]\n",
     "5:12",
     {"dims[1]", "from -2147483648 to 2147483647", "the integer 2147483648"}},
    {"int32_too_small",
     kHeader + "dims = [-2147483649]\n",
     "5:9",
     {"dims[0]", "from -2147483648 to 2147483647"}},
    {"int64_too_large",
     kHeader + "datasets = 9223372036854775808\n",
     "5:12",
     {"from -9223372036854775808 to 9223372036854775807"}},
    {"uint32_too_large", kHeader + "shards = 0x100000000\n", "5:10", {"from 0 to 4294967295", "0x100000000"}},
    {"uint32_negative", kHeader + "shards = -1\n", "5:10", {"from 0 to 4294967295", "-1"}},
    {"uint64_too_large",
     kHeader + "offset = 18446744073709551616\n",
     "5:10",
     {"from 0 to 18446744073709551615"}},
    {"infinite", kHeader + "bandwidth = inf\n", "5:13", {"must be a finite number"}},
    {"not_a_number", kHeader + "alphas = [1.0, -nan]\n", "5:16", {"alphas[1] must be a finite number"}},
    {"double_too_large",
     kHeader + "bandwidth = 1e999\n",
     "5:13",
     {"a number that a double can hold", "1e999"}},
    {"double_too_small", kHeader + "bandwidth = 1e-999\n", "5:13", {"a number that a double can hold"}},
    {"float_too_large", kHeader + "tolerance = 1e39\n", "5:13", {"a number that a float can hold"}},
    {"integer_no_double",
     kHeader + "bandwidth = 9007199254740993\n",
     "5:13",
     {"no double is exactly that integer"}},
    {"text_for_number",
     kHeader + "bandwidth = \"1\"\n",
     "5:13",
     {"must be a number, found the string \"1\""}},
    {"integer_for_boolean",
     kHeader + "centred = 1\n",
     "5:11",
     {"must be true or false, found the integer 1"}},
    {"integer_for_text", kHeader + "label = 7\n", "5:9", {"must be a string, found the integer 7"}},
    {"unknown_choice",
     kHeader + "spectrum = \"powerlaw\"\n",
     "5:12",
     {"one of \"isotropic\", \"power_law\"", "did you mean \"power_law\"?"}},
    {"integer_for_choice",
     kHeader + "spectrum = 0\n",
     "5:12",
     {"one of \"isotropic\", \"power_law\"", "the integer 0"}},
    {"unknown_choice_in_list",
     kHeader + "spectra = [\"isotropic\",\n  \"red\"]\n",
     "6:3",
     {"spectra[1] must be one of"}},
    {"scalar_for_list", kHeader + "dims = 3\n", "5:8", {"must be a list of integers", "write [3]"}},
    {"nested_list", kHeader + "dims = [[1]]\n", "5:9", {"dims[0] must be an integer, found a list of 1"}},
    {"mixed_list", kHeader + "tags = [\"a\", 1]\n", "5:14", {"tags[1] must be a string"}},
    {"wrong_length", kHeader + "range = [1, 2, 3]\n", "5:9", {"a list of exactly 2, found a list of 3"}},
    {"scalar_for_table",
     kHeader + "noise = 0.5\n",
     "5:9",
     {"noise must be a table", "[experiments.fluctuations.noise]"}},
    {"list_of_tables_for_table",
     kHeader + "[[experiments.fluctuations.noise]]\n",
     "5:1",
     {"noise must be a table, found a list of 1"}},
    {"unknown_key",
     kHeader + "bandwdith = 1\n",
     "5:1",
     {"[experiments.fluctuations] has no key \"bandwdith\"; did you mean \"bandwidth\"?"}},
    {"unknown_key_far_off", kHeader + "temperature = 1\n", "5:1", {"there are dims, alphas, datasets"}},
    {"unknown_key_in_quotes",
     kHeader + "  \"dim s\" = 1\n",
     "5:3",
     {"no key \"dim s\"; did you mean \"dims\"?"}},
    {"unknown_key_that_would_colour", kHeader + "\"\\u001b[31m\" = 1\n", "5:1", {"no key \"\\u001B[31m\""}},
    {"unknown_nested_key",
     kHeader + "noise = {levle = 1}\n",
     "5:10",
     {"[experiments.fluctuations.noise] has no key \"levle\"; did you mean \"level\"?"}},
    {"unknown_dotted_key", kHeader + "noise.levle = 1\n", "5:7", {"has no key \"levle\""}},
    {"refused_by_validate",
     kHeader + "dims = [4, 0]\n",
     "5:8",
     {"experiments.fluctuations.dims must be at least 1"}},
    {"refused_by_nested_validate",
     kHeader + "noise.level = -1\n",
     "5:15",
     {"experiments.fluctuations.noise.level must be at least 0"}},
    {"after_wide_letters", kHeader + "tags = [\"größe λ\", 1]\n", "5:20", {"tags[1] must be a string"}},
    {"no_paper",
     "scale = \"smoke\"\n[experiments.a]\n",
     "",
     {"job.toml: paper is missing", "paper = \"kde\""}},
    {"empty_paper", "paper = \"\"\nscale = \"smoke\"\n[experiments.a]\n", "1:9", {"paper must not be empty"}},
    {"paper_no_string", "paper = 3\nscale = \"smoke\"\n[experiments.a]\n", "1:9", {"paper must be a string"}},
    {"no_scale", "paper = \"kde\"\n[experiments.a]\n", "", {"job.toml: scale is missing", "\"custom\""}},
    {"unknown_scale",
     "paper = \"kde\"\nscale = \"smoek\"\n[experiments.a]\n",
     "2:9",
     {"did you mean \"smoke\"?"}},
    {"no_experiment",
     "paper = \"kde\"\nscale = \"smoke\"\n",
     "",
     {"job.toml: experiments are missing", "[experiments.NAME]"}},
    {"no_experiment_in_table",
     "paper = \"kde\"\nscale = \"smoke\"\n[experiments]\n",
     "3:2",
     {"experiments are missing"}},
    {"experiments_as_list",
     "paper = \"kde\"\nscale = \"smoke\"\nexperiments = [\"a\"]\n",
     "3:15",
     {"one for each experiment, as in [experiments.NAME]"}},
    {"experiment_no_table",
     "paper = \"kde\"\nscale = \"smoke\"\n[experiments]\na = 1\n",
     "4:5",
     {"experiments.a must be a table", "[experiments.a]"}},
    {"experiment_listed",
     "paper = \"kde\"\nscale = \"smoke\"\n[[experiments.a]]\n",
     "3:1",
     {"experiments.a must be a table, found a list of 1"}},
    {"name_with_slash", "name = \"../up\"\n" + kHeader, "1:8", {"name must be of a-z", "run folder"}},
    {"name_with_capitals", "name = \"KDE\"\n" + kHeader, "1:8", {"name must be of a-z"}},
    {"name_empty", "name = \"\"\n" + kHeader, "1:8", {"name must be of a-z"}},
    {"name_hidden", "name = \"..\"\n" + kHeader, "1:8", {"not begin with '.'"}},
    {"name_an_option", "name = \"-n\"\n" + kHeader, "1:8", {"not begin with"}},
    {"seed_negative",
     "seed = -1\n" + kHeader,
     "1:8",
     {"seed must be an integer from 0 to 18446744073709551615"}},
    {"seed_no_integer", "seed = 1.0\n" + kHeader, "1:8", {"seed must be an integer", "write 1"}},
    {"unknown_top_key", "sede = 1\n" + kHeader, "1:1", {"a job has no key \"sede\"; did you mean \"seed\"?"}},
    {"unknown_top_table", kHeader + "[rnu]\n", "5:2", {"a job has no key \"rnu\"; did you mean \"run\"?"}},
    {"run_no_table", "run = 1\n" + kHeader, "1:7", {"run must be a table"}},
    {"run_unknown_key",
     kHeader + "[run]\npublish_second = 1\n",
     "6:1",
     {"[run] has no key \"publish_second\"; did you mean \"publish_seconds\"?"}},
    {"retries_out_of_bounds",
     kHeader + "[run]\nretries = 101\n",
     "6:11",
     {"run.retries must be from 0 to 100, is 101"}},
    {"publish_never",
     kHeader + "[run]\npublish_seconds = 0\n",
     "6:19",
     {"run.publish_seconds must be from 0.01 to 3600, is 0"}},
    {"publish_nothing",
     kHeader + "[run]\npublish_megabytes = -1.5\n",
     "6:21",
     {"run.publish_megabytes must be from"}},
    {"checkpoint_never",
     kHeader + "[run]\ncheckpoint_seconds = 1e9\n",
     "6:22",
     {"run.checkpoint_seconds must be from"}},
    {"unknown_isa", kHeader + "[run]\nisa = \"avx512-amx\"\n", "6:7", {"did you mean \"avx512_amx\"?"}},
};

using WrongValue = sample::WrongJobTest;
TEST_P(WrongValue, IsRefusedAtItsPlace) {
  expect_refused();
}
INSTANTIATE_TEST_SUITE_P(Job, WrongValue, testing::ValuesIn(kWrong), sample::name_of_wrong_job);

TEST(WrongValues, AreAllToldAtOnceInTheFilesOrder) {
  const auto text = sample::complaint_of(
      "seed = -1\nsede = 1\nscale = \"big\"\n[experiments.fluctuations]\n"
      "bandwidth = -1\ndims = 3\nnoise = {level = -1, x = 0}\n[run]\nretries = 999\n");
  std::vector<std::string> places;
  for (const char* place : {"job.toml: paper", "1:8: seed", "2:1: a job", "3:9: scale",
                            "5:13: ", "6:8: ", "7:18: ", "7:22: ", "9:11: "}) {
    EXPECT_THAT(text, testing::HasSubstr(place));
  }
  EXPECT_LT(text.find("1:8: seed"), text.find("2:1: a job"));
  EXPECT_LT(text.find("7:22: "), text.find("9:11: "));
}

TEST(WrongValues, AreShownUpToTwenty) {
  std::string text = kHeader;
  for (int i = 0; i < 30; ++i) text += "wrong" + std::to_string(i) + " = 1\n";
  const auto complaint = sample::complaint_of(text);
  EXPECT_THAT(complaint, testing::HasSubstr("wrong19"));
  EXPECT_THAT(complaint, testing::Not(testing::HasSubstr("wrong20")));
  EXPECT_THAT(complaint, testing::EndsWith("... and 10 more"));
}

TEST(WrongValues, AreShownWithACaret) {
  EXPECT_EQ(sample::complaint_of(kHeader + "\tlabel = 7 # größer\n"),
            "job.toml:5:10: experiments.fluctuations.label must be a string, found the integer 7\n"
            "   5 | \tlabel = 7 # größer\n"
            "     | \t        ^");
}

TEST(WrongValues, AreShownWithinLongLines) {
  const auto complaint = sample::complaint_of(kHeader + "tags = [\"" + std::string(5000, 'x') + "\", 1, \"" +
                                              std::string(5000, 'y') + "\"]\n");
  EXPECT_LT(complaint.size(), 500U);
  EXPECT_THAT(complaint, testing::HasSubstr("xx\", 1, \"yy"));
}

}  // namespace
}  // namespace reprise
