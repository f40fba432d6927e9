#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>

namespace asiaq {
namespace {

TEST(InParallel, RunsAllAtOnce) {
  std::latch all_here(3);
  const auto meet = [&] { all_here.arrive_and_wait(); };
  in_parallel({meet, meet, meet});
}

TEST(InParallel, WaitsForAllAndThrowsTheFirstFailureByPosition) {
  std::atomic<int> finished = 0;
  try {
    in_parallel({[&] { ++finished; }, [] { throw std::runtime_error("second"); },
                 [] { throw std::runtime_error("third"); }, [&] { ++finished; }});
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "second");
  }
  EXPECT_EQ(finished, 2);
}

TEST(InParallel, DoesNothingForNothing) { in_parallel({}); }

}  // namespace
}  // namespace asiaq
