#include "instance/smoke_test.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "instance/boot_state.h"
#include "support/fake_clock.h"
#include "unit/instance/scratch.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(SmokeTest, IsOneCommandALine) {
  EXPECT_THAT(parse_smoke_test("# why\n\n check a\ncheck b # c\n"),
              ElementsAre("check a", "check b # c"));
}

TEST(SmokeTest, StopsAtTheFirstCommandThatFails) {
  const Scratch scratch;
  const auto functions = scratch.write("get_status.sh", "says() { echo \"$1\" >&2; return 3; }\n");
  EXPECT_TRUE(run_smoke_test({}, functions).passed());
  EXPECT_TRUE(
      run_smoke_test({"true", "[ a = a ] && echo fine | grep -q fine"}, functions).passed());
  const auto result = run_smoke_test({"true", "says 'no luck'", "touch never"}, functions);
  EXPECT_EQ(result.failed_line, 2);
  EXPECT_EQ(result.output, "no luck");
  EXPECT_EQ(verdict("mhcfoo", result),
            "mhcfoo: smoke test failed at command 2: says 'no luck': no luck");
}

TEST(SmokeTest, DoesNotWaitForeverForACommand) {
  const Scratch scratch;
  const auto functions = scratch.write("get_status.sh", "");
  const auto result = run_smoke_test({"sleep 60"}, functions, Seconds(0.2));
  EXPECT_EQ(result.failed_line, 1);
  EXPECT_THAT(result.output, HasSubstr("no answer"));
}

TEST(SmokeTest, FailsWithoutItsFunctions) {
  EXPECT_FALSE(run_smoke_test({"true"}, "/does/not/exist").passed());
}

class Boot : public testing::Test {
 protected:
  Boot() { std::filesystem::create_directories(scratch.path() / "tmp"); }

  BootReport report(int failures) {
    remaining = failures;
    return {
        .hands = *hands,
        .paths = {scratch.path()},
        .hostclass = "mhcfoo",
        .smoke_test =
            [this] {
              ++tests;
              state_during_test = boot_state({scratch.path()});
              return remaining-- > 0 ? SmokeTestResult{1, "check", "not yet"} : SmokeTestResult{};
            },
        .tagging = {.set =
                        [this](const auto& given) {
                          if (refusals-- > 0) throw Error("AWS", "no credentials");
                          tags = given;
                        },
                    .remove = [this](const auto& names) { removed = names; }},
        .uptime = [] { return Seconds(12.4); },
        .limits = {.interval = Seconds(1), .limit = Seconds(100)},
        .clock = &clock};
  }

  Scratch scratch;
  std::unique_ptr<Hands> hands = working_hands();
  FakeClock clock;
  int remaining = 0;
  int tests = 0;
  int refusals = 0;
  BootState state_during_test = BootState::booting;
  std::map<std::string, std::string> tags;
  std::vector<std::string> removed;
};

TEST_F(Boot, IsTestedOnlyAfterTheSmokeTestPasses) {
  EXPECT_EQ(boot_state({scratch.path()}), BootState::booting);
  report_boot(report(3));
  EXPECT_EQ(tests, 4);
  EXPECT_EQ(state_during_test, BootState::booted);
  EXPECT_EQ(boot_state({scratch.path()}), BootState::tested);
  EXPECT_THAT(tags, ElementsAre(Pair("boottime", "12"), Pair("smoketest", "tested")));
  EXPECT_THAT(scratch.read("tmp/disco_tested"), HasSubstr("after 12 s"));
  EXPECT_EQ(scratch.read("opt/wgen/etc/banner"), "");
}

TEST_F(Boot, GivesUpNamingTheCheckThatFails) {
  try {
    report_boot(report(1000));
    FAIL() << "nothing was thrown";
  } catch (const TimeoutError& error) {
    EXPECT_THAT(error.what(), HasSubstr("check: not yet"));
  }
  EXPECT_EQ(boot_state({scratch.path()}), BootState::booted);
  EXPECT_TRUE(tags.empty());
  EXPECT_LT(tests, 40) << "the pauses grow";
  EXPECT_THAT(scratch.read("opt/wgen/etc/banner"), HasSubstr("not passed"));
}

TEST_F(Boot, IsPatientWithTheApi) {
  refusals = 3;
  report_boot(report(0));
  EXPECT_EQ(tags.count("smoketest"), 1U);
}

TEST_F(Boot, IsTakenBackAtShutdown) {
  const auto boot = report(0);
  report_boot(boot);
  report_shutdown(*hands, boot.paths, boot.tagging);
  EXPECT_THAT(removed, ElementsAre("smoketest"));
  EXPECT_EQ(boot_state({scratch.path()}), BootState::booting);
  EXPECT_FALSE(scratch.has("tmp/disco_tested"));
}

TEST_F(Boot, MarksReplaceWhateverLiesInTheirPlace) {
  scratch.write("tmp/disco_booted", "planted");
  report_boot(report(0));
  EXPECT_TRUE(std::filesystem::is_symlink(scratch.path() / "tmp/disco_booted"));
}

}  // namespace
}  // namespace asiaq::instance
