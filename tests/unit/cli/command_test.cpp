#include "cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/context.h"
#include "support/environment_variable.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Base {
  std::optional<std::string> bucket;
};

struct Everything : Base {
  std::string text = "default";
  std::optional<std::string> optional_text;
  int integer = 3;
  std::optional<long long> optional_integer;
  double number = 1.5;
  bool flag = false;
  std::vector<std::string> texts;
};

/// A command that hands out what it was given.
Command recording_command(Everything& seen) {
  return Record<Everything>{
      .word = "record",
      .summary = "Record",
      .options = {option("--bucket", &Everything::bucket), option("--text", &Everything::text),
                  option("--optional-text", &Everything::optional_text),
                  option("--integer", &Everything::integer),
                  option("--optional-integer", &Everything::optional_integer),
                  option("--number", &Everything::number), option("--flag", &Everything::flag),
                  option("--texts", &Everything::texts)},
      .effect = Effect::reads,
      .run = [&seen](Context&, const Everything& given) {
        seen = given;
        return 7;
      }};
}

int run(const Command& command, const std::vector<Assignment>& assignments) {
  const Tool tool;
  Output output(-1);
  Context context(tool, command, {}, output, {});
  return command.run(context, assignments);
}

TEST(Command, GetsItsStructFilledAndReturnsItsStatus) {
  Everything seen;
  const Command command = recording_command(seen);
  EXPECT_EQ(run(command, {{0, "b"},
                          {1, "t"},
                          {2, "o"},
                          {3, "-4"},
                          {4, "5000000000"},
                          {5, "0.5"},
                          {6, ""},
                          {7, "x"},
                          {7, "y"}}),
            7);
  EXPECT_EQ(seen.bucket, "b");
  EXPECT_EQ(seen.text, "t");
  EXPECT_EQ(seen.optional_text, "o");
  EXPECT_EQ(seen.integer, -4);
  EXPECT_EQ(seen.optional_integer, 5000000000);
  EXPECT_EQ(seen.number, 0.5);
  EXPECT_TRUE(seen.flag);
  EXPECT_THAT(seen.texts, ElementsAre("x", "y"));
}

TEST(Command, KeepsDefaultsOfWhatIsNotGiven) {
  Everything seen;
  const Command command = recording_command(seen);
  run(command, {});
  EXPECT_EQ(seen.text, "default");
  EXPECT_EQ(seen.integer, 3);
  EXPECT_EQ(seen.optional_integer, std::nullopt);
  EXPECT_FALSE(seen.flag);
}

TEST(Command, RefusesIntegersThatDoNotFit) {
  Everything seen;
  const Command command = recording_command(seen);
  EXPECT_THAT(test::thrown_by([&] {
                run(command, {{3, "5000000000"}});
              }),
              HasSubstr("Usage: argument --integer: 5000000000 is too large"));
}

class SessionAccess : public testing::TestWithParam<std::tuple<Effect, bool, aws::Access>> {};

TEST_P(SessionAccess, IsForWritingOnlyIfTheCommandChangesThings) {
  const auto [effect, dry_run, expected] = GetParam();
  const Tool tool;
  const Command command = Record<NoOptions>{
      .word = "x", .summary = "x", .effect = effect, .run = [](Context&, const NoOptions&) {}};
  Output output(-1);
  std::vector<aws::Access> opened;
  Context context(tool, command, {.dry_run = dry_run}, output, [&](aws::Access access) {
    opened.push_back(access);
    return aws::Session::open({.access = access, .region = "us-west-2"});
  });
  EXPECT_EQ(context.session().access(), expected);
  EXPECT_EQ(&context.session(), &context.session());
  EXPECT_THAT(opened, ElementsAre(expected));
}

INSTANTIATE_TEST_SUITE_P(
    Effects, SessionAccess,
    testing::Values(std::tuple{Effect::reads, false, aws::Access::read_only},
                    std::tuple{Effect::reads | Effect::lists, false, aws::Access::read_only},
                    std::tuple{Effect::changes, false, aws::Access::read_write},
                    std::tuple{Effect::changes, true, aws::Access::read_only}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(Context, KnowsTheEnvironmentWithoutAskingAws) {
  const test::ScratchFolder scratch;
  scratch.write("disco_aws.ini", "[disco_aws]\ndefault_environment=ci\n");
  const test::EnvironmentVariable folder("ASIAQ_CONFIG", scratch.path().string());
  const test::EnvironmentVariable unset("DEFAULT_ENV", {});
  const Tool tool;
  Everything seen;
  const Command command = recording_command(seen);
  Output output(-1);
  EXPECT_EQ(Context(tool, command, {}, output, {}).environment_name(), "ci");
  const Context none(tool, command, {.environment = "none"}, output, {});
  EXPECT_EQ(none.chosen_environment(), "none");
  EXPECT_THAT(test::thrown_by([&] { none.environment_name(); }),
              HasSubstr("VPCEnvironment: failed to select environment"));
}

TEST(Context, AsksNobodyWhenTheAnswerIsGiven) {
  const Tool tool;
  Everything seen;
  const Command command = recording_command(seen);
  Output output(-1);
  EXPECT_TRUE(Context(tool, command, {.yes = true}, output, {}).confirm("Delete all?"));
}

}  // namespace
}  // namespace asiaq::cli
