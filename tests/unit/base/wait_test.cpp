#include "base/wait.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/error.h"
#include "base/interrupt.h"
#include "support/fake_clock.h"

namespace asiaq {
namespace {

TEST(WaitUntil, LooksUntilNothingIsMissing) {
  FakeClock clock;
  int looks = 0;
  wait_until(
      "group to be full", {Seconds(15), Seconds(300)},
      [&]() -> std::optional<std::string> {
        if (++looks == 4) return std::nullopt;
        return "1 of 2 members";
      },
      clock);
  EXPECT_EQ(looks, 4);
  EXPECT_EQ(clock.slept(), Seconds(45));
}

TEST(WaitUntil, NamesWhatIsStillMissingWhenTimeIsUp) {
  FakeClock clock;
  try {
    wait_until(
        "group to be full", {Seconds(15), Seconds(20)},
        [] { return std::optional<std::string>("i-1 is pending"); }, clock);
    FAIL() << "nothing was thrown";
  } catch (const TimeoutError& error) {
    EXPECT_STREQ(error.what(), "waited 20 s for group to be full: i-1 is pending");
    EXPECT_EQ(clock.slept(), Seconds(20)) << "the last pause is shortened to the limit";
  }
}

TEST(WaitUntil, PausesAsItsCallerPaces) {
  FakeClock clock;
  std::vector<std::pair<int, Seconds>> asked;
  EXPECT_THROW(wait_until(
                   "group to be full", Seconds(10),
                   [] { return std::optional<std::string>("i-1 is pending"); },
                   [&](int look, Seconds left) {
                     asked.emplace_back(look, left);
                     return Seconds(4) * look;
                   },
                   clock),
               TimeoutError);
  EXPECT_EQ(asked, (std::vector<std::pair<int, Seconds>>{{1, Seconds(10)}, {2, Seconds(6)}}));
  EXPECT_EQ(clock.slept(), Seconds(10)) << "the last pause is shortened to the limit";
}

TEST(WaitUntil, EndsWhenAllWaitingTogetherHasTakenTooLong) {
  FakeClock clock;
  bound_all_waiting(Seconds(100), clock);
  int looks = 0;
  const auto third_time = [&]() -> std::optional<std::string> {
    if (++looks == 3) return {};
    return "not yet";
  };
  wait_until("the first", {Seconds(30), Seconds(900)}, third_time, clock);
  EXPECT_EQ(clock.slept(), Seconds(60));
  try {
    wait_until("the second", {Seconds(30), Seconds(900)}, third_time, clock);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.reason(),
              "the 100 s allowed for all waiting are over; was waiting for the second: not yet");
    EXPECT_EQ(clock.slept(), Seconds(100)) << "the last pause is shortened to the bound";
  }
  constexpr Seconds a_thousand_days{86'400'000};
  bound_all_waiting(a_thousand_days);
}

TEST(WaitingLeft, IsWhatTheBoundAllows) {
  FakeClock clock;
  bound_all_waiting(Seconds(100), clock);
  clock.sleep_for(Seconds(30));
  EXPECT_EQ(waiting_left(clock), Seconds(70));
  clock.sleep_for(Seconds(80));
  EXPECT_EQ(waiting_left(clock), Seconds(0));
  {
    const interrupt::Shield clean_up;
    EXPECT_EQ(waiting_left(clock), std::nullopt);
  }
  bound_all_waiting(Seconds(86'400'000));
}

TEST(WaitScale, MultipliesBothLimits) {
  setenv("ASIAQ_WAIT_SCALE", "0.5", 1);
  const WaitLimits limits = scaled({Seconds(2), Seconds(900)});
  unsetenv("ASIAQ_WAIT_SCALE");
  EXPECT_EQ(limits.interval, Seconds(1));
  EXPECT_EQ(limits.limit, Seconds(450));
}

}  // namespace
}  // namespace asiaq
