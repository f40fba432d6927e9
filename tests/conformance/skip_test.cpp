#include "conformance/case.h"

namespace asiaq::aws::conformance {
namespace {

TEST(Skip, HidesACaseThatDoesNotPass) {
  const Judgement judgement = judge({"body is a, wanted b"}, "there is no b");
  EXPECT_TRUE(judgement.failures.empty());
  EXPECT_EQ(judgement.skipped, "there is no b");
}

TEST(Skip, FailsWhenItsCasePasses) {
  const Judgement judgement = judge({}, "there is no b");
  EXPECT_EQ(judgement.failures.size(), 1U);
  EXPECT_FALSE(judgement.skipped);
}

TEST(Skip, FailsWithoutAReason) {
  EXPECT_EQ(judge({"body is a, wanted b"}, "").failures.size(), 1U);
  EXPECT_EQ(judge({}, "").failures.size(), 1U);
}

TEST(Skip, IsNeededToHideAFailure) {
  EXPECT_EQ(judge({"body is a, wanted b"}, std::nullopt).failures,
            std::vector<std::string>{"body is a, wanted b"});
  EXPECT_TRUE(judge({}, std::nullopt).failures.empty());
}

}  // namespace
}  // namespace asiaq::aws::conformance
