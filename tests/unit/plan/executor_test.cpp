#include "plan/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <latch>
#include <mutex>
#include <stdexcept>

#include "base/interrupt.h"

namespace asiaq::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Change named(const std::string& name, std::function<void()> carry_out,
             std::vector<ChangeId> after = {}) {
  return {.resource = {"thing", name, ""},
          .carry_out = std::move(carry_out),
          .after = std::move(after)};
}

TEST(Execute, RunsAChangeOnlyAfterThoseItFollows) {
  std::mutex mutex;
  std::vector<std::string> order;
  const auto note = [&](const std::string& name) {
    return [&, name] {
      const std::lock_guard lock(mutex);
      order.push_back(name);
    };
  };
  Plan plan;
  const ChangeId first = plan.add(named("a", note("a")));
  const ChangeId second = plan.add(named("b", note("b"), {first}));
  plan.add(named("c", note("c"), {first, second}));
  EXPECT_TRUE(execute(plan).succeeded());
  EXPECT_THAT(order, ElementsAre("a", "b", "c"));
}

TEST(Execute, RunsIndependentChangesAtTheSameTime) {
  std::latch all_started(3);
  Plan plan;
  for (const char* name : {"a", "b", "c"}) {
    plan.add(named(name, [&] { all_started.arrive_and_wait(); }));
  }
  EXPECT_TRUE(execute(plan, {.parallelism = 3}).succeeded());
}

TEST(Execute, NeverRunsMoreThanAllowedAtOnce) {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  Plan plan;
  for (int i = 0; i < 40; ++i) {
    plan.add(named(std::to_string(i), [&] {
      const int running = ++now;
      int seen = most;
      while (running > seen && !most.compare_exchange_weak(seen, running)) {
      }
      std::this_thread::yield();
      --now;
    }));
  }
  execute(plan, {.parallelism = 2});
  EXPECT_LE(most, 2);
}

TEST(Execute, BeginsWithWhatTheLongestChainWaitsFor) {
  std::vector<std::string> order;
  const auto note = [&](const std::string& name) { return [&, name] { order.push_back(name); }; };
  Plan plan;
  plan.add(named("short", note("short")));
  const ChangeId pair = plan.add(named("pair", note("pair")));
  const ChangeId first = plan.add(named("first", note("first")));
  plan.add(named("after pair", note("after pair"), {pair}));
  const ChangeId second = plan.add(named("second", note("second"), {first}));
  plan.add(named("third", note("third"), {second}));
  EXPECT_TRUE(execute(plan, {.parallelism = 1}).succeeded());
  EXPECT_THAT(order, ElementsAre("first", "pair", "second", "short", "after pair", "third"));
}

TEST(Execute, FinishesOtherBranchesWhenOneFails) {
  std::atomic<int> done = 0;
  Plan plan;
  const ChangeId bad = plan.add(named("bad", [] { throw std::runtime_error("AWS said no"); }));
  plan.add(named("follower", [&] { done += 100; }, {bad}));
  const ChangeId good = plan.add(named("good", [&] { ++done; }));
  plan.add(named("after good", [&] { ++done; }, {good}));
  const Report report = execute(plan);
  EXPECT_EQ(done, 2);
  EXPECT_THAT(report.outcomes,
              ElementsAre(Outcome::failed, Outcome::not_started, Outcome::done, Outcome::done));
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].reason, "AWS said no");
}

TEST(CarryOut, ThrowsASummaryOfWhatFailed) {
  Plan plan;
  plan.add(named("fine", [] {}));
  const ChangeId bad = plan.add(named("bad", [] { throw std::runtime_error("AWS said no"); }));
  plan.add(named("late", [] {}, {bad}));
  try {
    carry_out(plan);
    FAIL() << "nothing was thrown";
  } catch (const PlanError& error) {
    EXPECT_THAT(error.what(), HasSubstr("1 of 3 changes done, 1 failed, 1 not started"));
    EXPECT_THAT(error.what(), HasSubstr("create thing bad: AWS said no"));
  }
}

TEST(CarryOut, CountsNothingWhereThereIsOneChange) {
  Plan plan;
  plan.add(named("bad", [] { throw std::runtime_error("AWS said no"); }));
  try {
    carry_out(plan);
    FAIL() << "nothing was thrown";
  } catch (const PlanError& error) {
    EXPECT_STREQ(error.what(), "create thing bad: AWS said no");
  }
}

TEST(CarryOut, SaysTheReasonOfEachFailureOnce) {
  Plan plan;
  const ChangeId first = plan.add(named("a", [] {}));
  plan.add(named("b", [] { throw std::runtime_error("AWS said no"); }, {first}));
  plan.add(named("c", [] { throw std::runtime_error("AWS said never"); }, {first}));
  std::string said;
  testing::internal::CaptureStderr();
  try {
    carry_out(plan, {.parallelism = 1});
  } catch (const PlanError& error) {
    said = error.what();
  }
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("thing b: AWS said no"));
  EXPECT_THAT(logged, Not(HasSubstr("AWS said no")));
  EXPECT_THAT(logged, HasSubstr("Failed: create thing b; what does not need it goes on"));
  EXPECT_THAT(logged, HasSubstr("create thing c: AWS said never"));
}

/// In a process of their own, since a signal that arrived stays so.
class InterruptDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

[[noreturn]] void exit_with(bool as_expected) { std::_Exit(as_expected ? 0 : 1); }

TEST_F(InterruptDeathTest, StartsNothingMoreButFinishesWhatIsUnderWay) {
  const auto run = [] {
    interrupt::install_handlers();
    Plan plan;
    bool was_finished = false;
    const ChangeId first = plan.add(named("first", [&] {
      std::raise(SIGINT);
      interrupt::sleep_for(std::chrono::milliseconds(1));
      was_finished = true;
    }));
    plan.add(named("second", [] {}, {first}));
    const Report report = execute(plan);
    exit_with(was_finished && report.interrupted && report.outcomes[0] == Outcome::done &&
              report.outcomes[1] == Outcome::not_started);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(InterruptDeathTest, EndsWaiting) {
  const auto run = [] {
    interrupt::install_handlers();
    Plan plan;
    Change wait = named("wait", [] {
      std::raise(SIGINT);
      interrupt::sleep_for(std::chrono::hours(1));
    });
    wait.verb = Verb::wait;
    plan.add(wait);
    const Report report = execute(plan);
    exit_with(report.interrupted && report.failures.empty() &&
              report.outcomes[0] == Outcome::not_started);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(InterruptDeathTest, LeavesAtOnceTheSecondTimeAndNamesWhatIsUnknown) {
  const auto run = [] {
    interrupt::install_handlers();
    Plan plan;
    plan.add(named("stuck", [] {
      std::raise(SIGINT);
      std::raise(SIGINT);
      std::latch(1).wait();
    }));
    execute(plan);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(1),
              "Left at once; unknown whether done: create thing stuck");
}

TEST_F(InterruptDeathTest, ReportsWhatIsKnownBeforeItLeaves) {
  const auto run = [] {
    interrupt::install_handlers();
    Plan plan;
    const ChangeId made = plan.add(named("made", [] {}));
    const ChangeId stuck = plan.add(named("stuck",
                                          [] {
                                            std::raise(SIGINT);
                                            std::raise(SIGINT);
                                            std::latch(1).wait();
                                          },
                                          {made}));
    plan.add(named("late", [] {}, {stuck}));
    execute(plan, {.on_leaving = [](const Report& report) {
              using O = Outcome;
              const std::vector<O> expected = {O::done, O::unknown, O::not_started};
              exit_with(report.interrupted && report.outcomes == expected);
            }});
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(CarryOut, ReportsBeforeItThrows) {
  Plan plan;
  plan.add(named("bad", [] { throw std::runtime_error("AWS said no"); }));
  std::vector<Outcome> outcomes;
  EXPECT_THROW(
      carry_out(plan, {.on_report = [&](const Report& report) { outcomes = report.outcomes; }}),
      PlanError);
  EXPECT_THAT(outcomes, ElementsAre(Outcome::failed));
}

TEST(Execute, DoesNothingForAnEmptyPlan) { EXPECT_TRUE(execute({}).succeeded()); }

}  // namespace
}  // namespace asiaq::plan
