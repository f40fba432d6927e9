#include "dns/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/record_removal.h"
#include "support/aws_session.h"

namespace asiaq::dns {
namespace {

using testing::ElementsAre;

Record cname(const std::string& name, const std::string& value) {
  return {.zone_id = "Z1",
          .set = {.name = name, .type = "CNAME", .resource_records = {{.value = value}}}};
}

TEST(Names, AreComparedWithoutCaseAndFinalDot) {
  EXPECT_EQ(normal_name("Db.Example.COM."), "db.example.com");
  EXPECT_EQ(normal_name("db.example.com"), "db.example.com");
  EXPECT_EQ(normal_name(""), "");
}

TEST(ZoneIds, LoseThePathOfAnswers) {
  EXPECT_EQ(bare_zone_id("/hostedzone/Z123"), "Z123");
  EXPECT_EQ(bare_zone_id("Z123"), "Z123");
}

TEST(Records, LeadToTheirValuesInAnyForm) {
  const Record record = cname("web.example.com.", "LB-1.aws.example.");
  EXPECT_TRUE(record.leads_to("lb-1.aws.example"));
  EXPECT_FALSE(record.leads_to("lb-1"));
  Record other = record;
  other.set.type = "TXT";
  EXPECT_FALSE(other.leads_to("lb-1.aws.example"));
}

TEST(Records, AreNotReadWithoutAName) {
  aws::TestSession test;
  EXPECT_TRUE(records_leading_to(aws::route53::Client(test.session), {}).empty());
  // A database that is being made has no name yet.
  EXPECT_TRUE(records_leading_to(aws::route53::Client(test.session), {""}).empty());
  EXPECT_TRUE(test.network->sent.empty());
}

TEST(RecordRemovals, AreWaitedForByThatWhichTheyLeadToOnly) {
  aws::TestSession test;
  plan::Plan plan;
  const plan::ChangeId hosts = plan.add({.resource = {.kind = "hosts"}});
  const RecordRemovals removals(
      plan, aws::route53::Client(test.session),
      {cname("one.example.com.", "a.aws"), cname("two.example.com.", "b.aws")}, {hosts});
  EXPECT_THAT(removals.of("A.aws."), ElementsAre(hosts, plan::ChangeId{1}));
  EXPECT_THAT(removals.of("b.aws"), ElementsAre(hosts, plan::ChangeId{2}));
  EXPECT_THAT(removals.of("c.aws"), ElementsAre(hosts));
  EXPECT_THAT(removals.of(""), ElementsAre(hosts));
}

}  // namespace
}  // namespace asiaq::dns
