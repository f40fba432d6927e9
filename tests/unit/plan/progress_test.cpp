#include "plan/progress.h"

#include <gtest/gtest.h>

namespace asiaq::plan {
namespace {

TEST(Standing, CountsWhatIsDone) {
  EXPECT_EQ(to_string(Standing{.total = 70, .done = 12}), "[12/70]");
}

TEST(Standing, NamesWhatIsUnderWay) {
  EXPECT_EQ(to_string(Standing{.total = 3, .under_way = {"create subnet a", "create subnet b"}}),
            "[0/3] create subnet a, create subnet b");
}

TEST(Standing, LeavesOutAllButAFewNames) {
  EXPECT_EQ(to_string(Standing{.total = 9, .under_way = {"a", "b", "c", "d", "e"}}),
            "[0/9] a, b, c and 2 more");
}

TEST(Standing, CountsFailures) {
  EXPECT_EQ(to_string(Standing{.total = 9, .done = 1, .failed = 2}), "[1/9, 2 failed]");
}

}  // namespace
}  // namespace asiaq::plan
