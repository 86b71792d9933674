#include "pipeline/report/format.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace reprise::reporting {
namespace {

using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(FormatNumber, KeepsSignificantDigits) {
  EXPECT_EQ(format_number(0.41234, 4), "0.4123");
  EXPECT_EQ(format_number(1, 4), "1.000");
  EXPECT_EQ(format_number(123.456, 4), "123.5");
  EXPECT_EQ(format_number(123456, 4), "123456");
  EXPECT_EQ(format_number(-0.5, 2), "−0.50");
  EXPECT_EQ(format_number(0, 4), "0");
}

TEST(FormatNumber, RoundsIntoTheNextDecade) {
  EXPECT_EQ(format_number(9.9999, 4), "10.00");
  EXPECT_EQ(format_number(0.99999, 3), "1.00");
  EXPECT_EQ(format_number(999999.9, 4), "1.000×10⁶");
}

TEST(FormatNumber, TakesPowersOfTenForTheTinyAndTheHuge) {
  EXPECT_EQ(format_number(1.2344e-9, 4), "1.234×10⁻⁹");
  EXPECT_EQ(format_number(-6.02214e23, 4), "−6.022×10²³");
  EXPECT_EQ(format_number(std::numeric_limits<double>::denorm_min(), 2), "4.9×10⁻³²⁴");
  EXPECT_EQ(format_number(std::numeric_limits<double>::max(), 3), "1.80×10³⁰⁸");
}

TEST(FormatNumber, HasSignsForWhatIsNoNumber) {
  EXPECT_EQ(format_number(kNaN, 4), "–");
  EXPECT_EQ(format_number(kInfinity, 4), "∞");
  EXPECT_EQ(format_number(-kInfinity, 4), "−∞");
}

TEST(FormatMeasurement, CutsTheValueWhereTheErrorEnds) {
  EXPECT_EQ(format_measurement(0.41234, 0.00213, 4), "0.4123 ± 0.0021");
  EXPECT_EQ(format_measurement(-12.3456, 0.5, 4), "−12.35 ± 0.50");
  EXPECT_EQ(format_measurement(12345, 678, 4), "12350 ± 680");
  EXPECT_EQ(format_measurement(0, 0.02, 4), "0.000 ± 0.020");
  EXPECT_EQ(format_measurement(0.999996, 0.0000996, 4), "1.00000 ± 0.00010");
}

TEST(FormatMeasurement, TakesOnePowerOfTenForBoth) {
  EXPECT_EQ(format_measurement(1.2341e-9, 2.1e-11, 4), "(1.234 ± 0.021)×10⁻⁹");
  EXPECT_EQ(format_measurement(3.1e12, 4.4e10, 4), "(3.100 ± 0.044)×10¹²");
}

TEST(FormatMeasurement, ErrorsLargerThanTheValue) {
  EXPECT_EQ(format_measurement(0.001, 12, 4), "0 ± 12");
  EXPECT_EQ(format_measurement(-0.001, 1.2, 4), "0.0 ± 1.2");
  EXPECT_EQ(format_measurement(1, 3e9, 4), "(0.0 ± 3.0)×10⁹");
}

TEST(FormatMeasurement, ErrorsThatAreNone) {
  EXPECT_EQ(format_measurement(0.41234, kNaN, 4), "0.4123");
  EXPECT_EQ(format_measurement(0.41234, 0, 4), "0.4123 ± 0");
  EXPECT_EQ(format_measurement(0.41234, kInfinity, 4), "0.4123 ± ∞");
  EXPECT_EQ(format_measurement(kNaN, 0.1, 4), "–");
  EXPECT_EQ(format_measurement(kInfinity, 0.1, 4), "∞");
}

TEST(FormatMeasurement, ShowsNoMoreDigitsThanADoubleHas) {
  EXPECT_EQ(format_measurement(1.0, 1e-30, 4), "1.00000000000000 ± 0.00000000000000");
}

Column column(Role role, std::vector<double> values, std::vector<double> errors = {}) {
  return {"c", "c", "", role, std::move(values), std::move(errors)};
}

TEST(FormatColumn, WholeNumbersStayWhole) {
  EXPECT_THAT(format_column(column(Role::measured, {10, 100, kNaN, 123456})),
              ElementsAre("10", "100", "–", "123456"));
}

TEST(FormatColumn, PublishedValuesGetNoDigitsTheyDoNotHave) {
  EXPECT_THAT(format_column(column(Role::published, {95.2, 94, kNaN})), ElementsAre("95.2", "94.0", "–"));
  EXPECT_THAT(format_column(column(Role::parameter, {0.5, 32})), ElementsAre("0.5", "32"));
}

TEST(FormatColumn, NumbersOfSimilarSizeShareTheirDecimals) {
  EXPECT_THAT(format_column(column(Role::measured, {1.5, 12.345})), ElementsAre("1.50", "12.35"));
  EXPECT_THAT(format_column(column(Role::measured, {0.0015, 12.345})), ElementsAre("0.001500", "12.35"));
}

TEST(FormatColumn, MissingErrorsAndWords) {
  EXPECT_THAT(format_column(column(Role::measured, {1.5, 2.5}, {0.1})), ElementsAre("1.50 ± 0.10", "2.500"));
  EXPECT_THAT(format_column({"w", "w", "", Role::verdict, std::vector<std::string>{"yes", ""}}),
              ElementsAre("yes", "–"));
}

TEST(FormatDuration, UnitsFitTheLength) {
  EXPECT_EQ(format_duration(1.52), "1.5 s");
  EXPECT_EQ(format_duration(59.96), "1 min 00 s");
  EXPECT_EQ(format_duration(750), "12 min 30 s");
  EXPECT_EQ(format_duration(3599.6), "1 h 00 min");
  EXPECT_EQ(format_duration(86400 * 2 + 3600 * 4), "2 d 04 h");
  EXPECT_EQ(format_duration(kNaN), "–");
}

TEST(FormatCoreHours, SmallOnesAreNotCalledNothing) {
  EXPECT_EQ(format_core_hours(0), "0 core-hours");
  EXPECT_EQ(format_core_hours(1e-9), "<0.1 core-seconds");
  EXPECT_EQ(format_core_hours(3.5 / 3600), "3.5 core-seconds");
  EXPECT_EQ(format_core_hours(100.0 / 3600), "100 core-seconds");
  EXPECT_EQ(format_core_hours(0.05), "3.0 core-minutes");
  EXPECT_EQ(format_core_hours(0.42), "0.42 core-hours");
  EXPECT_EQ(format_core_hours(1843.2), "1843 core-hours");
}

TEST(Sentence, EndsOnce) {
  EXPECT_EQ(sentence("A title"), "A title.");
  EXPECT_EQ(sentence("Is it?"), "Is it?");
  EXPECT_EQ(sentence(""), "");
}

}  // namespace
}  // namespace reprise::reporting
