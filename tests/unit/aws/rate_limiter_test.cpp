#include "aws/retry/rate_limiter.h"

#include <gtest/gtest.h>

#include "aws/retry/limits.h"
#include "support/metered_service.h"

namespace asiaq::aws::retry {
namespace {

using enum RateLimiter::Answer;

// Sends and answers at a steady pace.
double run(RateLimiter& limiter, double from, double until, double per_second,
           RateLimiter::Answer answer) {
  for (double now = from; now < until; now += 1 / per_second) limiter.record(answer, now, now);
  return until;
}

TEST(RateLimiter, LetsABurstLeaveAtOnce) {
  RateLimiter limiter(0);
  for (int call = 0; call < 50; ++call) {
    EXPECT_EQ(RateLimiter::Place(limiter).ask(0), Seconds(0)) << "call " << call;
  }
  EXPECT_GT(RateLimiter::Place(limiter).ask(0), Seconds(0));
  EXPECT_EQ(limiter.rate(), std::nullopt);
}

TEST(RateLimiter, HoldsNobodyUpWhoCallsOneByOne) {
  RateLimiter limiter(0);
  for (double now = 0; now < 10; now += 0.02) {
    EXPECT_EQ(RateLimiter::Place(limiter).ask(now), Seconds(0)) << "at " << now;
    limiter.record(accepted, now, now + 0.02);
  }
}

TEST(RateLimiter, OpensFurtherWithEveryAcceptedCall) {
  RateLimiter limiter(0);
  run(limiter, 0, 1, 100, accepted);
  for (int call = 0; call < 100; ++call) {
    EXPECT_EQ(RateLimiter::Place(limiter).ask(1.5), Seconds(0)) << "call " << call;
  }
}

TEST(RateLimiter, BeginsBelowWhatWasAcceptedBeforeTheFirstRefusal) {
  RateLimiter limiter(0);
  const double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now - 1, now);
  EXPECT_NEAR(limiter.rate().value(), 0.7 * 40, 2);
}

TEST(RateLimiter, TakesWhatIsAcceptedBetweenTwoRefusalsForTheRate) {
  RateLimiter limiter(0);
  double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now, now);
  for (int call = 1; call <= 16; ++call)
    limiter.record(accepted, now + call * 0.05, now + call * 0.05);
  now += 0.8;
  limiter.record(throttled, now, now);
  EXPECT_NEAR(limiter.rate().value(), 0.97 * 20, 1e-9);
}

TEST(RateLimiter, FallsAtOnceWhenFarTooFast) {
  RateLimiter limiter(0);
  const double now = run(limiter, 0, 10, 1000, accepted);
  limiter.record(throttled, now, now);
  EXPECT_GT(limiter.rate().value(), 600);
  limiter.record(throttled, now + 0.04, now + 0.04);
  EXPECT_LT(limiter.rate().value(), 25) << "less than one call in 40 ms flows in";
}

TEST(RateLimiter, LearnsNothingFromRefusalsOfCallsSentBeforeTheLast) {
  RateLimiter limiter(0);
  const double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now - 0.1, now);
  const double rate = limiter.rate().value();
  for (int call = 0; call < 30; ++call) limiter.record(throttled, now - 0.05, now + 0.01);
  EXPECT_DOUBLE_EQ(limiter.rate().value(), rate);
}

TEST(RateLimiter, LooksForMoreWhenNothingIsRefused) {
  RateLimiter limiter(0);
  double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now - 1, now);
  const double before = limiter.rate().value();
  now = run(limiter, now, now + 5, 40, accepted);
  EXPECT_GT(limiter.rate().value(), 1.3 * before);
}

TEST(RateLimiter, RisesNoFurtherThanTwiceWhatIsSent) {
  RateLimiter limiter(0);
  double now = run(limiter, 0, 10, 10, accepted);
  limiter.record(throttled, now - 1, now);
  run(limiter, now, now + 50, 5, accepted);
  EXPECT_LE(limiter.rate().value(), 12.5);
}

TEST(RateLimiter, KeepsAtLeastOneCallInTwoSeconds) {
  RateLimiter limiter(0);
  for (int i = 1; i < 50; ++i) limiter.record(throttled, i, i);
  EXPECT_GE(limiter.rate().value(), 0.5);
}

TEST(RateLimiter, ForgetsAfterAMinuteWithoutNeed) {
  RateLimiter limiter(0);
  const double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now, now);
  RateLimiter::Place(limiter).ask(now + 59);
  EXPECT_NE(limiter.rate(), std::nullopt);
  RateLimiter::Place(limiter).ask(now + 62);
  EXPECT_EQ(limiter.rate(), std::nullopt);
}

TEST(RateLimiter, ServesInTheOrderOfComing) {
  RateLimiter limiter(0);
  const double now = run(limiter, 0, 10, 10, accepted);
  limiter.record(throttled, now - 1, now);
  RateLimiter::Place first(limiter);
  RateLimiter::Place second(limiter);
  const Seconds pause = first.ask(now);
  EXPECT_GT(second.ask(now), pause);
  const double later = now + pause.count();
  EXPECT_GT(second.ask(later), Seconds(0)) << "the permit is for the first";
  EXPECT_EQ(first.ask(later), Seconds(0));
}

TEST(RateLimiter, MovesUpWhenSomebodyAheadGivesUp) {
  RateLimiter limiter(0);
  const double now = run(limiter, 0, 10, 10, accepted);
  limiter.record(throttled, now - 1, now);
  auto first = std::make_unique<RateLimiter::Place>(limiter);
  RateLimiter::Place second(limiter);
  const Seconds pause = first->ask(now);
  first.reset();
  EXPECT_EQ(second.ask(now + pause.count()), Seconds(0));
}

TEST(RateLimiter, KnowsWhenACallWasLastAccepted) {
  RateLimiter limiter(3);
  EXPECT_DOUBLE_EQ(limiter.last_accepted(), 3);
  limiter.record(accepted, 4, 5);
  limiter.record(throttled, 6, 7);
  EXPECT_DOUBLE_EQ(limiter.last_accepted(), 5);
}

// Sixty-four callers, all with something to send all the time.
class ManyCallers : public testing::TestWithParam<Contention> {};

TEST_P(ManyCallers, LoseLittleTimeAndFewCalls) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Contention& contention = GetParam();
    const Outcome outcome = ContentionRun(contention, seed).run();
    EXPECT_EQ(outcome.done, contention.calls);
    EXPECT_LE(outcome.seconds, 1.1 * contention.calls / contention.inflow) << "seed " << seed;
    EXPECT_LE(outcome.refused, 0.1 * outcome.sent) << "seed " << seed;
    EXPECT_LE(outcome.waited_longest_for, 8) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ManyCallers,
    testing::Values(Contention{.latency = 0.001}, Contention{}, Contention{.latency = 0.2},
                    Contention{.calls = 400}, Contention{.calls = 1200},
                    Contention{.burst = 5, .latency = 0.001}, Contention{.burst = 5},
                    Contention{.burst = 100, .latency = 0.001}, Contention{.burst = 100},
                    Contention{.calls = 1000, .burst = 50, .inflow = 5},
                    Contention{.calls = 4000, .burst = 200, .inflow = 100},
                    Contention{.callers = 8, .calls = 400},
                    Contention{.callers = 256, .calls = 1200}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(Limits, AreSharedByCallsOfOneScope) {
  Limits limits;
  const Scope scope{.account = "a", .region = "r", .service = "s", .effect = Effect::read};
  EXPECT_EQ(&limits.limiter(scope, 0), &limits.limiter(scope, 5));
}

TEST(Limits, DifferByAccountRegionServiceAndKindOfOperation) {
  Limits limits;
  const Scope scope{.account = "a", .region = "r", .service = "s", .effect = Effect::read};
  Scope others[] = {scope, scope, scope, scope};
  others[0].account = "b";
  others[1].region = "b";
  others[2].service = "b";
  others[3].effect = Effect::write;
  for (const Scope& other : others) {
    EXPECT_NE(&limits.limiter(scope, 0), &limits.limiter(other, 0));
  }
}

TEST(Limits, HaveOneQuotaForReadsAndWrites) {
  Limits limits;
  Scope scope{.account = "a", .region = "r", .service = "s", .effect = Effect::read};
  Quota& quota = limits.quota(scope);
  scope.effect = Effect::write;
  EXPECT_EQ(&limits.quota(scope), &quota);
  scope.service = "b";
  EXPECT_NE(&limits.quota(scope), &quota);
}

}  // namespace
}  // namespace asiaq::aws::retry
