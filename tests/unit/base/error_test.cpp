#include "base/error.h"

#include <gtest/gtest.h>

namespace asiaq {
namespace {

TEST(Error, PutsOuterContextFirstAndTheHintLast) {
  Error error("AMI", "no image for mhcfoo");
  error.add_context("provisioning mhcfoo").add_context("spinning up ci").set_hint("bake it first");
  EXPECT_STREQ(error.what(),
               "spinning up ci: provisioning mhcfoo: no image for mhcfoo (bake it first)");
}

TEST(Error, IsAlwaysOneLine) {
  EXPECT_STREQ(Error("Command", "first\nsecond\n").what(), "first second");
}

TEST(Error, KeepsKindAndStatusOnItsWayUp) {
  try {
    with_context("reading options", [] { throw UsageError("unknown option --x"); });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "Usage");
    EXPECT_EQ(error.exit_status(), 2);
    EXPECT_STREQ(error.what(), "reading options: unknown option --x");
  }
}

}  // namespace
}  // namespace asiaq
