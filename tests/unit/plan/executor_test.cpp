#include "plan/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <stdexcept>

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
  EXPECT_THAT(logged, HasSubstr("Failed to create thing b; what does not depend on it goes on"));
  EXPECT_THAT(logged, HasSubstr("Failed to create thing c: AWS said never"));
}

TEST(Execute, DoesNothingForAnEmptyPlan) { EXPECT_TRUE(execute({}).succeeded()); }

}  // namespace
}  // namespace asiaq::plan
