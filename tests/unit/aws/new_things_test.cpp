#include "aws/retry/new_things.h"

#include <gtest/gtest.h>

namespace asiaq::aws::retry {
namespace {

constexpr SteadyTime kNow{};

void make(NewThings& things, std::string_view name, std::string_view body) {
  Operation operation;
  operation.name = name;
  things.note(operation, body, kNow);
}

TEST(NewThings, ExplainsThatAnIdIsNotFoundYet) {
  NewThings things;
  make(things, "CreateVpc", "<vpcId>vpc-0123456789abcdef0</vpcId>");
  EXPECT_TRUE(things.explains("InvalidVpcID.NotFound",
                              "The vpc ID 'vpc-0123456789abcdef0' does not exist", kNow));
}

TEST(NewThings, KnowsTheCodeOfNatGatewaysThatHasNoDot) {
  NewThings things;
  make(things, "CreateNatGateway", "<natGatewayId>nat-0123456789abcdef0</natGatewayId>");
  EXPECT_TRUE(things.explains("NatGatewayNotFound",
                              "The NatGateway 'nat-0123456789abcdef0' does not exist", kNow));
}

TEST(NewThings, ExplainsNothingOfOtherIds) {
  NewThings things;
  make(things, "CreateVpc", "<vpcId>vpc-0123456789abcdef0</vpcId>");
  EXPECT_FALSE(things.explains("InvalidVpcID.NotFound",
                               "The vpc ID 'vpc-11111111111111111' does not exist", kNow));
}

TEST(NewThings, ExplainsNoOtherErrorOfANewId) {
  NewThings things;
  make(things, "CreateVpc", "<vpcId>vpc-0123456789abcdef0</vpcId>");
  EXPECT_FALSE(
      things.explains("DependencyViolation", "The vpc 'vpc-0123456789abcdef0' is used", kNow));
}

TEST(NewThings, TakesNoteOnlyOfWhatIsMade) {
  NewThings things;
  make(things, "DescribeVpcs", "<vpcId>vpc-0123456789abcdef0</vpcId>");
  EXPECT_FALSE(things.explains("InvalidVpcID.NotFound",
                               "The vpc ID 'vpc-0123456789abcdef0' does not exist", kNow));
}

TEST(NewThings, ForgetsThatAnIdIsNew) {
  NewThings things;
  make(things, "CreateVpc", "<vpcId>vpc-0123456789abcdef0</vpcId>");
  const auto later = kNow + std::chrono::seconds(61);
  EXPECT_FALSE(things.explains("InvalidVpcID.NotFound",
                               "The vpc ID 'vpc-0123456789abcdef0' does not exist", later));
}

}  // namespace
}  // namespace asiaq::aws::retry
