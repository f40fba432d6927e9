#include "aws/path.h"

#include <gtest/gtest.h>

#include "aws/ec2/tables.h"
#include "aws/ec2/types.h"

namespace asiaq::aws {
namespace {

using Take = PathStep::Take;

std::vector<std::string> texts(const ec2::DescribeInstancesResult& result, Path path) {
  std::vector<std::string> all;
  for (const Found& found : values_at(ec2::tables::DescribeInstancesResult_shape, &result, path)) {
    all.push_back(text_of(found));
  }
  return all;
}

const ec2::DescribeInstancesResult two{
    .reservations = {
        {.instances = {{.instance_id = "a", .state = ec2::InstanceState{.code = 16}}, {}}},
        {.instances = {{.instance_id = "b"}, {.ebs_optimized = true, .instance_id = "c"}}}}};

TEST(Path, GoesThroughEveryItem) {
  constexpr PathStep path[] = {
      {"Reservations", Take::each}, {"Instances", Take::each}, {"InstanceId"}};
  EXPECT_EQ(texts(two, path), (std::vector<std::string>{"a", "b", "c"}))
      << "in order, without gaps";
  EXPECT_TRUE(has_many(path));
  EXPECT_EQ(path_text(path), "Reservations.Instances.InstanceId");
}

TEST(Path, TakesTheLastItem) {
  constexpr PathStep path[] = {
      {"Reservations", Take::last}, {"Instances", Take::last}, {"InstanceId"}};
  EXPECT_EQ(texts(two, path), std::vector<std::string>{"c"});
  EXPECT_TRUE(texts({}, path).empty());
  EXPECT_FALSE(has_many(path));
}

TEST(Path, GivesNumbersAndTruthAsText) {
  constexpr PathStep code[] = {
      {"Reservations", Take::each}, {"Instances", Take::each}, {"State"}, {"Code"}};
  EXPECT_EQ(texts(two, code), std::vector<std::string>{"16"});
  constexpr PathStep optimised[] = {
      {"Reservations", Take::each}, {"Instances", Take::each}, {"EbsOptimized"}};
  EXPECT_EQ(texts(two, optimised), std::vector<std::string>{"true"});
}

TEST(Path, EndsWhereAMemberIsUnsetOrUnknown) {
  constexpr PathStep token[] = {{"NextToken"}};
  EXPECT_TRUE(texts(two, token).empty());
  constexpr PathStep unknown[] = {{"Nothing"}};
  EXPECT_TRUE(texts(two, unknown).empty());
}

}  // namespace
}  // namespace asiaq::aws
