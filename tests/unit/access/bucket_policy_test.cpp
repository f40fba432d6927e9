#include "access/bucket_policy.h"

#include <gtest/gtest.h>

namespace asiaq::access {
namespace {

const LogDelivery delivery{.bucket = "logs", .account_id = "123456789012"};

Json policy_with(const char* statement) {
  return {{"Version", "2012-10-17"}, {"Statement", Json::array({Json::parse(statement)})}};
}

TEST(WithLogDelivery, MakesAPolicyWhereThereWasNone) {
  EXPECT_EQ(with_log_delivery(Json(), delivery), Json::parse(R"({
      "Version": "2012-10-17",
      "Statement": [{
        "Sid": "AsiaqLogDelivery", "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}]})"));
}

TEST(WithLogDelivery, KeepsTheStatementsOfThePolicy) {
  const Json own = Json::parse(R"({"Sid": "Mine", "Effect": "Deny", "Action": "s3:*"})");
  const Json merged = with_log_delivery(policy_with(own.dump().c_str()), delivery);
  ASSERT_EQ(merged["Statement"].size(), 2U);
  EXPECT_EQ(merged["Statement"][0], own);
}

TEST(WithLogDelivery, AcceptsAPolicyWhoseStatementIsNotAList) {
  const Json policy = Json::parse(R"({"Statement": {"Sid": "Mine", "Effect": "Deny"}})");
  EXPECT_EQ(with_log_delivery(policy, delivery)["Statement"].size(), 2U);
}

TEST(WithLogDelivery, ReplacesItsOwnEarlierStatement) {
  const Json once = with_log_delivery(Json(), delivery);
  EXPECT_EQ(with_log_delivery(once, delivery), once);
}

TEST(SamePolicy, IgnoresOrderAndListsOfOne) {
  EXPECT_TRUE(
      same_policy(Json::parse(R"({"Statement": [{"Action": ["a", "b"], "Resource": "r"}]})"),
                  Json::parse(R"({"Statement": {"Resource": ["r"], "Action": ["b", "a"]}})")));
}

TEST(SamePolicy, SeesAnotherCondition) {
  EXPECT_FALSE(
      same_policy(policy_with(R"({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}})"),
                  policy_with(R"({"Condition": {"StringEquals": {"aws:SourceAccount": "2"}}})")));
}

TEST(SamePolicy, SeesThatThereIsNoneYet) {
  EXPECT_FALSE(same_policy(policy_with(R"({"Effect": "Allow"})"), Json()));
}

TEST(IsPublic, IsTrueForAnybodyWithoutCondition) {
  EXPECT_TRUE(is_public(policy_with(R"({"Effect": "Allow", "Principal": "*"})")));
  EXPECT_TRUE(is_public(policy_with(R"({"Effect": "Allow", "Principal": {"AWS": ["*"]}})")));
}

TEST(IsPublic, IsFalseForSomebodyADenialOrACondition) {
  EXPECT_FALSE(is_public(policy_with(R"({"Effect": "Allow", "Principal": {"AWS": "arn:x"}})")));
  EXPECT_FALSE(is_public(policy_with(R"({"Effect": "Deny", "Principal": "*"})")));
  EXPECT_FALSE(is_public(policy_with(
      R"({"Effect": "Allow", "Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}})")));
  EXPECT_FALSE(is_public(Json()));
}

}  // namespace
}  // namespace asiaq::access
