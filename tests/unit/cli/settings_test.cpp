#include "cli/settings.h"

#include <gtest/gtest.h>

namespace asiaq::cli {
namespace {

class Duration : public testing::TestWithParam<std::pair<std::string, std::optional<double>>> {};

TEST_P(Duration, IsSecondsOrNumbersWithUnits) {
  const auto& [text, expected] = GetParam();
  const std::optional<Seconds> duration = parse_duration(text);
  ASSERT_EQ(duration.has_value(), expected.has_value()) << "for '" << text << "'";
  EXPECT_EQ(duration.value_or(Seconds(0)).count(), expected.value_or(0)) << "for '" << text << "'";
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Duration,
    testing::Values(
        std::pair{"90", std::optional(90.0)}, std::pair{"90s", std::optional(90.0)},
        std::pair{"45m", std::optional(2700.0)}, std::pair{"1h30m", std::optional(5400.0)},
        std::pair{"2d", std::optional(172800.0)}, std::pair{"", std::optional<double>()},
        std::pair{"0", std::optional<double>()}, std::pair{"m", std::optional<double>()},
        std::pair{"-5m", std::optional<double>()}, std::pair{"5 m", std::optional<double>()},
        std::pair{"5w", std::optional<double>()}, std::pair{"1e9", std::optional<double>()},
        std::pair{"99999999999", std::optional<double>()}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

std::string names_of_shared(Effect effect) {
  const Command command = Record<NoOptions>{
      .word = "x", .summary = "x", .effect = effect, .run = [](Context&, const NoOptions&) {}};
  std::string names;
  for (const OptionRecord& option : shared_options({}, &command)) names += option.name + " ";
  return names;
}

TEST(SharedOptions, FollowFromWhatACommandDoes) {
  EXPECT_EQ(names_of_shared(Effect::local), "--debug --stats ");
  EXPECT_EQ(names_of_shared(Effect::reads), "--debug --timeout --stats ");
  EXPECT_EQ(names_of_shared(Effect::reads | Effect::lists), "--debug --output --timeout --stats ");
  EXPECT_EQ(names_of_shared(Effect::changes),
            "--debug --dry-run --detailed-exitcode --yes --output --timeout --stats ");
}

}  // namespace
}  // namespace asiaq::cli
