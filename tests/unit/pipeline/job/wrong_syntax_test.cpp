#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/job/wrong_jobs.hpp"

namespace reprise {
namespace {

using sample::kHeader;
using sample::WrongJob;

/// Texts that aren't TOML; what is added to the header begins on line 5.
const std::vector<WrongJob> kWrong{
    {"no_value", kHeader + "dims =\n", "5:7", {"a value is missing after '='"}},
    {"no_equals", kHeader + "dims 3\n", "5:5", {"an '=' is missing"}},
    {"no_key", kHeader + "= 1\n", "5:1", {"before the '=' a key is missing"}},
    {"blank_in_key", kHeader + "di ms = 1\n", "5:3", {"a key has letters a-z"}},
    {"letter_in_key", kHeader + "größe = 1\n", "5:3", {"or stands in quotes"}},
    {"no_comma", kHeader + "dims = [1 2]\n", "5:11", {"a ',' or the closing ']' is missing"}},
    {"open_list", kHeader + "dims = [1,\n2\n", "7:1", {"']' is missing", "the list began on line 5"}},
    {"no_quotes", kHeader + "label = all\n", "5:9", {"a string stands in quotes"}},
    {"no_quotes_in_list", kHeader + "tags = [all]\n", "5:9", {"strings stand in quotes"}},
    {"open_string", kHeader + "label = \"all\n", "5:9", {"isn't closed on its line"}},
    {"open_literal", kHeader + "label = 'all\n", "5:9", {"isn't closed on its line"}},
    {"open_long_string", kHeader + "label = \"\"\"all\n", "5:9", {"the string that begins here"}},
    {"unknown_escape", kHeader + "label = \"a\\q\"\n", "5:9", {"an escape that is none"}},
    {"escape_out_of_range", kHeader + "label = \"\\UFFFFFFFF\"\n", "5:20", {"too large"}},
    {"escape_half_a_pair", kHeader + "label = \"\\uD800\"\n", "5:16", {"not valid UTF-8"}},
    {"capital_true", kHeader + "centred = True\n", "5:11", {"true and false are in small letters"}},
    {"leading_zero", kHeader + "datasets = 03\n", "5:12", {"leading zero"}},
    {"double_underscore", kHeader + "datasets = 1__0\n", "5:13", {"`_` should be surrounded by digits"}},
    {"point_first", kHeader + "alphas = [.5]\n", "5:11", {"digits on both sides of a point"}},
    {"point_last", kHeader + "bandwidth = 5.\n", "5:14", {"not valid TOML"}},
    {"no_such_month", kHeader + "datasets = 2020-13-01\n", "5:22", {"month should be 01-12"}},
    {"key_twice",
     kHeader + "datasets = 1\n\ndatasets = 2\n",
     "7:12",
     {"\"datasets\" is there twice, first on line 5"}},
    {"top_key_twice", "seed = 1\nseed = 2\n" + kHeader, "2:8", {"\"seed\" is there twice, first on line 1"}},
    {"table_twice",
     kHeader + "[experiments.fluctuations]\n",
     "5:1",
     {"the table \"experiments.fluctuations\" is there twice, first on line 4"}},
    {"table_twice_in_braces",
     kHeader + "noise = {level = 1}\n[experiments.fluctuations.noise]\n",
     "6:1",
     {"is there twice, first on line 5"}},
    {"table_and_list_of_tables",
     kHeader + "[[experiments.fluctuations]]\n",
     "5:1",
     {"begins a list of tables"}},
    {"table_through_scalar",
     kHeader + "dims = 1\n[experiments.fluctuations.dims.x]\n",
     "6:1",
     {"neither table nor an array of tables"}},
    {"table_through_empty_list",
     kHeader + "tags = []\n\n[experiments.fluctuations.tags.x]\n",
     "7:1",
     {"leads through a list that is empty"}},
    {"open_table_name", kHeader + "[experiments.b\n", "5:1", {"a table's [name]"}},
    {"open_braces", kHeader + "noise = {level = 1\n", "5:19", {"a '}' is missing"}},
    {"comma_at_end_of_braces", kHeader + "noise = {level = 1, }\n", "5:21", {"no ',' before its '}'"}},
    {"rest_of_line", kHeader + "datasets = 1 shards = 2\n", "5:14", {"this is left over"}},
    {"words", "Dear reprise, please run the paper.\n", "1:5", {"not valid TOML"}},
    {"json", "{\"paper\": \"kde\"}\n", "1:1", {"not valid TOML"}},
    {"deep_list", kHeader + "dims = " + std::string(40, '['), "5:40", {"nested more than 32 deep"}},
    {"deep_braces",
     kHeader + "noise = {" +
         [] {
           std::string deep;
           for (int i = 0; i < 40; ++i) deep += "a={";
           return deep;
         }(),
     "5:105",
     {"nested more than 32 deep"}},
    {"deep_key", kHeader + "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1\n", "5:32", {"more than 16 parts"}},
    {"deep_table_name", "[a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a]\n", "1:33", {"more than 16 parts"}},
    {"long_binary", kHeader + "offset = 0b" + std::string(64, '1') + "\n", "5:10", {"binary integer"}},
    {"control_character", kHeader + "label = \"a\x01\"\n", "5:11", {"control character 0x01", "\\u0001"}},
    {"long_line",
     kHeader + "label = \"" + std::string(30'000, 'x') + "\"\n",
     "5:20000",
     {"at most 20000 bytes, this one has 30010"}},
    {"lone_carriage_return", "paper = \"kde\"\rscale = \"smoke\"\r", "1:14", {"control character 0x0d"}},
};

using WrongSyntax = sample::WrongJobTest;
TEST_P(WrongSyntax, IsRefusedAtItsPlace) {
  expect_refused();
}
INSTANTIATE_TEST_SUITE_P(Job, WrongSyntax, testing::ValuesIn(kWrong), sample::name_of_wrong_job);

TEST(WrongText, IsRefusedBeforeItIsParsed) {
  using testing::HasSubstr;
  EXPECT_THAT(sample::complaint_of(kHeader + "label = \"\xff\"\n"),
              HasSubstr("job.toml:5: the byte 0xff isn't UTF-8"));
  EXPECT_THAT(sample::complaint_of("# \xc0\x80"), HasSubstr("0xc0"));          // overlong
  EXPECT_THAT(sample::complaint_of("# \xed\xa0\x80"), HasSubstr("0xed"));      // surrogate
  EXPECT_THAT(sample::complaint_of("# \xf4\x90\x80\x80"), HasSubstr("0xf4"));  // above U+10FFFF
  EXPECT_THAT(sample::complaint_of("# \xe2\x82"), HasSubstr("0xe2"));          // cut short
  EXPECT_THAT(sample::complaint_of(std::string("\x7f"
                                               "ELF\0\0",
                                               6)),
              HasSubstr("isn't a text file"));
  EXPECT_THAT(sample::complaint_of(std::string("\xff\xfep\0a\0", 6)), HasSubstr("is UTF-16"));
}

TEST(WrongText, IsNotAnEmptyFile) {
  EXPECT_THAT(sample::complaint_of(""), testing::StartsWith("job.toml: paper is missing"));
  EXPECT_THAT(sample::complaint_of("# only a comment"), testing::StartsWith("job.toml: paper is missing"));
}

}  // namespace
}  // namespace reprise
