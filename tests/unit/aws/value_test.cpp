#include "aws/value.h"

#include <gtest/gtest.h>

#include "aws/ec2/types.h"

namespace asiaq::aws {
namespace {

TEST(List, IsUnsetUntilSomethingIsPutIn) {
  List<std::string> list;
  EXPECT_FALSE(list.is_set());
  list.push_back("a");
  EXPECT_TRUE(list.is_set());
}

TEST(List, CanBeSetAndEmpty) {
  EXPECT_TRUE(List<std::string>::none().is_set());
  EXPECT_TRUE(List<std::string>(std::vector<std::string>{}).is_set());
  EXPECT_TRUE(List<std::string>::none().empty());
}

TEST(Map, CanBeSetAndEmpty) {
  EXPECT_FALSE(Map<int>().is_set());
  EXPECT_TRUE(Map<int>::none().is_set());
}

TEST(Box, CopiesItsValue) {
  Box<std::string> one("a");
  Box<std::string> two = one;
  *two = "b";
  EXPECT_EQ(*one, "a");
  EXPECT_FALSE(Box<std::string>());
}

TEST(GeneratedStructure, IsMadeWithDesignatedInitialisers) {
  const std::string name = "sandbox";
  const ec2::DescribeVpcsRequest request{
      .filters = {{.name = "tag:Name", .values = {name, "other"}}}};
  ASSERT_EQ(request.filters.size(), 1U);
  EXPECT_EQ(request.filters[0].values[1], "other");
  EXPECT_FALSE(request.vpc_ids.is_set());
  EXPECT_FALSE(request.max_results);
}

}  // namespace
}  // namespace asiaq::aws
