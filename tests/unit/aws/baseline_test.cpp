#include "aws/retry/baseline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/metered_service.h"

namespace asiaq::aws::retry {
namespace {

using enum Baseline::Finding;

constexpr Answers kThirdRefused{.accepted = 16, .refused = 8, .seconds = 1};

TEST(Baseline, FindsNothingBeforeTheRateIsWellBelowWhatWasAccepted) {
  Baseline baseline;
  EXPECT_EQ(baseline.compare({.accepted = 30, .refused = 10, .seconds = 10}), none);
  baseline.add(kThirdRefused);
  EXPECT_EQ(baseline.compare({.accepted = 10, .refused = 4, .seconds = 1}), none);
  EXPECT_EQ(baseline.part(), 0);
}

TEST(Baseline, TakesFourRefusalsToCompare) {
  Baseline baseline;
  baseline.add(kThirdRefused);
  EXPECT_EQ(baseline.compare({.accepted = 7, .refused = 3, .seconds = 1}), none);
  EXPECT_EQ(baseline.compare({.accepted = 7, .refused = 4, .seconds = 1.1}), independent);
}

TEST(Baseline, IsWhatSlowingDownDidNotHelpAgainst) {
  Baseline baseline;
  baseline.add(kThirdRefused);
  EXPECT_EQ(baseline.compare({.accepted = 7, .refused = 4, .seconds = 1.1}), independent);
  EXPECT_DOUBLE_EQ(baseline.part(), 0.3);
  EXPECT_DOUBLE_EQ(baseline.rate_before(), 16 / 0.7);
}

TEST(Baseline, NeverGoesBackToMoreThanWasSent) {
  Baseline baseline;
  baseline.add(kThirdRefused);
  EXPECT_EQ(baseline.compare({.accepted = 6, .refused = 5, .seconds = 1.1}), independent);
  EXPECT_DOUBLE_EQ(baseline.rate_before(), 24);
}

TEST(Baseline, IsNothingWhenSlowingDownHelped) {
  Baseline baseline;
  baseline.add(kThirdRefused);
  EXPECT_EQ(baseline.compare({.accepted = 36, .refused = 4, .seconds = 4}), depends_on_rate);
  EXPECT_EQ(baseline.part(), 0);
}

TEST(Baseline, IsNothingWhenTheServiceBecomesWorseMeanwhile) {
  Baseline baseline;
  baseline.add({.accepted = 20, .refused = 1, .seconds = 1});
  EXPECT_EQ(baseline.compare({.accepted = 6, .refused = 6, .seconds = 1}), depends_on_rate);
  EXPECT_DOUBLE_EQ(baseline.lowest_rate(), 3) << "of what is accepted now";
}

TEST(Baseline, ExplainsAsManyRefusalsAsChanceBrings) {
  Baseline baseline;
  EXPECT_FALSE(baseline.explains({.accepted = 99, .refused = 1, .seconds = 1}));
  baseline.add(kThirdRefused);
  baseline.compare({.accepted = 7, .refused = 4, .seconds = 1.1});
  EXPECT_TRUE(baseline.explains({.accepted = 18, .refused = 12, .seconds = 1}));
  EXPECT_FALSE(baseline.explains({.accepted = 14, .refused = 16, .seconds = 1}));
}

TEST(Baseline, ComesDownWhenLessIsRefused) {
  Baseline baseline;
  baseline.add(kThirdRefused);
  baseline.compare({.accepted = 7, .refused = 4, .seconds = 1.1});
  for (int i = 0; i < 5; ++i) baseline.add({.accepted = 30, .refused = 1, .seconds = 1});
  EXPECT_LT(baseline.part(), 0.1);
}

TEST(Baseline, HasSlowingDownTriedAgainAfterTwoHundredCalls) {
  Baseline baseline;
  baseline.add(kThirdRefused);
  baseline.compare({.accepted = 7, .refused = 4, .seconds = 1.1});
  for (int call = 24; call <= 192; call += 24) {
    EXPECT_EQ(baseline.add(kThirdRefused), std::nullopt) << call;
  }
  EXPECT_EQ(baseline.add(kThirdRefused), 0.7 * 16);
  EXPECT_EQ(baseline.compare({.accepted = 38, .refused = 2, .seconds = 4}), depends_on_rate);
  EXPECT_EQ(baseline.part(), 0);
}

constexpr double kNoLimit = 1e9;

// A service without a bucket that refuses calls by chance.
class ByChance : public testing::TestWithParam<Contention> {};

// What refusals cost callers who mind nothing but the pauses between attempts cannot be saved. A
// limiter that knew the truth would add nothing to that and to what a run without refusals takes;
// finding out costs about fifty calls at half the rate, several times when there are many calls.
TEST_P(ByChance, CostsLittleMoreThanThePausesBetweenAttempts) {
  double took = 0;
  double least = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Contention tested = GetParam();
    tested.burst = tested.inflow = kNoLimit;
    tested.latency = 0.005;
    tested.jitter = 9;
    const auto seconds = [seed](Contention contention, double chance, bool limited) {
      contention.chance = chance;
      contention.limited = limited;
      return ContentionRun(contention, seed).run().seconds;
    };
    took += seconds(tested, tested.chance, true);
    least += seconds(tested, 0, true) + seconds(tested, tested.chance, false) -
             seconds(tested, 0, false);
  }
  EXPECT_LE(took, 2.5 * least) << took / least;
}

std::string case_name(const testing::TestParamInfo<Contention>& tested) {
  return std::to_string(std::lround(100 * tested.param.chance)) + "PercentOf" +
         std::to_string(tested.param.calls) + "From" + std::to_string(tested.param.callers);
}

INSTANTIATE_TEST_SUITE_P(Table, ByChance,
                         testing::Values(Contention{.callers = 1, .calls = 100, .chance = 0.1},
                                         Contention{.callers = 4, .calls = 100, .chance = 0.1},
                                         Contention{.callers = 4, .calls = 600, .chance = 0.1},
                                         Contention{.callers = 16, .calls = 100, .chance = 0.1},
                                         Contention{.callers = 1, .calls = 100, .chance = 0.3},
                                         Contention{.callers = 4, .calls = 100, .chance = 0.3},
                                         Contention{.callers = 4, .calls = 600, .chance = 0.3},
                                         Contention{.callers = 16, .calls = 100, .chance = 0.3},
                                         Contention{.callers = 16, .calls = 600, .chance = 0.3},
                                         Contention{.callers = 64, .calls = 600, .chance = 0.3},
                                         Contention{.callers = 4, .calls = 100, .chance = 0.5},
                                         Contention{.callers = 4, .calls = 600, .chance = 0.5},
                                         Contention{.callers = 16, .calls = 100, .chance = 0.5},
                                         Contention{.callers = 16, .calls = 600, .chance = 0.5}),
                         case_name);

// A bucket of 20 calls a second, and a tenth refused by chance besides.
class BucketAndChance : public testing::TestWithParam<Contention> {};

TEST_P(BucketAndChance, IsNeitherStarvedNorOverrun) {
  double took = 0;
  double refused = 0;
  constexpr unsigned runs = 20;
  for (unsigned seed = 1; seed <= runs; ++seed) {
    const Outcome outcome = ContentionRun(GetParam(), seed).run();
    took += outcome.seconds;
    refused += static_cast<double>(outcome.refused) / outcome.sent;
  }
  EXPECT_LE(took / runs, 1.75 * GetParam().calls / GetParam().inflow);
  EXPECT_LE(refused / runs, 0.25) << "0.1 by chance, 0.1 by looking for more";
}

INSTANTIATE_TEST_SUITE_P(Table, BucketAndChance,
                         testing::Values(Contention{.callers = 16, .chance = 0.1},
                                         Contention{.callers = 64, .chance = 0.1},
                                         Contention{.callers = 16, .burst = 5, .chance = 0.1},
                                         Contention{.callers = 64, .burst = 5, .chance = 0.1},
                                         Contention{.callers = 16, .burst = 100, .chance = 0.1},
                                         Contention{.callers = 64, .burst = 100, .chance = 0.1}),
                         [](const auto& tested) { return "Case" + std::to_string(tested.index); });

// That more is refused all of a sudden is no chance: going slower still helps.
TEST(Slump, IsFollowedByTheRate) {
  constexpr unsigned runs = 20;
  double refused = 0;
  for (unsigned seed = 1; seed <= runs; ++seed) {
    const Outcome outcome = ContentionRun({.slump_from = 15}, seed).run();
    const double least = 15 + (600 - 15 * 20) / 5.0;
    EXPECT_LE(outcome.seconds, 1.1 * least) << "seed " << seed;
    refused += static_cast<double>(outcome.refused) / outcome.sent;
  }
  EXPECT_LE(refused / runs, 0.1);
}

}  // namespace
}  // namespace asiaq::aws::retry
