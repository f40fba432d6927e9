#include "environment/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"

namespace asiaq::environment {
namespace {

using testing::HasSubstr;

network::Vpc vpc(const char* id, const char* name) {
  network::Vpc result;
  result.id = id;
  result.name = name;
  return result;
}

const std::vector<network::Vpc> region{vpc("vpc-1", "demo"), vpc("vpc-2", "twice"),
                                       vpc("vpc-3", "twice"), vpc("vpc-4", "")};

int status_of(const Selection& selection) {
  try {
    select_environment(region, selection);
  } catch (const network::VpcEnvironmentError& error) {
    return error.exit_status();
  }
  return 0;
}

TEST(Selection, IsByExactNameOrId) {
  EXPECT_EQ(select_environment(region, {.name = "demo"}).id, "vpc-1");
  EXPECT_EQ(select_environment(region, {.vpc_id = "vpc-4"}).id, "vpc-4");
}

TEST(Selection, OfNothingEndsWithStatusTwo) {
  for (const char* name : {"d*", "dem?", "Demo", ""})
    EXPECT_EQ(status_of({.name = name}), 2) << name;
  EXPECT_EQ(status_of({.vpc_id = "vpc-*"}), 2);
}

TEST(Selection, OfSeveralNamesThemAll) {
  EXPECT_EQ(status_of({.name = "twice"}), 1);
  try {
    select_environment(region, {.name = "twice"});
  } catch (const network::VpcEnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("vpc-2, vpc-3"));
  }
}

}  // namespace
}  // namespace asiaq::environment
