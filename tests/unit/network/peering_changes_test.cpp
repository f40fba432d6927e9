#include "network/peering_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "support/thrown.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

Vpc vpc(const char* name, const char* id) {
  Vpc result;
  result.name = name;
  result.id = id;
  return result;
}

const Vpc build = vpc("build", "vpc-build");
const Vpc ci = vpc("ci", "vpc-ci");
const WantedPeering both{build, ci, {{"tunnel", "intranet"}, {"tunnel", "maintenance"}}};

PeeringSide side(const Vpc& of, std::map<std::string, PeeringSide::Network> networks) {
  return {.vpc = Reference(of.id), .metanetworks = std::move(networks)};
}

PeeringSide::Network network(const char* range, const char* table,
                             std::vector<ObservedRoute> routes = {}) {
  return {.range = cidr(range),
          .tables = {{.name = table, .table = Reference(table), .routes = std::move(routes)}}};
}

Peering connection(const char* status) {
  return {.id = "pcx-1",
          .status = status,
          .requester = {.vpc_id = "vpc-ci"},
          .accepter = {.vpc_id = "vpc-build"}};
}

std::vector<std::string> planned(const PeeringSide& first, const PeeringSide& second,
                                 const std::vector<Peering>& present) {
  aws::Session session(aws::SessionOptions{.access = aws::Access::read_only, .region = "xx"});
  plan::Plan plan;
  add_peering(plan, aws::ec2::Client(session), both, first, second, present);
  std::vector<std::string> lines;
  for (const plan::Change& change : plan.changes()) {
    lines.push_back(std::string(to_string(change.verb)) + " " + change.resource.kind + " " +
                    change.resource.name);
  }
  return lines;
}

const PeeringSide ci_side = side(ci, {{"intranet", network("10.101.0.0/20", "ci-i")},
                                      {"maintenance", network("10.101.48.0/20", "ci-m")}});

TEST(Peering, IsMadeOnceAndRoutedOnBothSides) {
  EXPECT_THAT(
      planned(side(build, {{"tunnel", network("10.100.16.0/20", "build-t")}}), ci_side, {}),
      ElementsAre("create peering connection build-ci", "update peering connection build-ci",
                  "create route build-t 10.101.0.0/20", "create route build-t 10.101.48.0/20",
                  "create route ci-i 10.100.16.0/20", "create route ci-m 10.100.16.0/20"));
}

TEST(Peering, OfEitherDirectionIsUsedAndItsMissingRouteAdded) {
  const ObservedRoute present{cidr("10.101.0.0/20"), "pcx-1", ObservedRoute::Owner::other};
  const ObservedRoute back{cidr("10.100.16.0/20"), "pcx-1", ObservedRoute::Owner::other};
  EXPECT_THAT(planned(side(build, {{"tunnel", network("10.100.16.0/20", "build-t", {present})}}),
                      side(ci, {{"intranet", network("10.101.0.0/20", "ci-i", {back})},
                                {"maintenance", network("10.101.48.0/20", "ci-m", {back})}}),
                      {connection("active")}),
              ElementsAre("create route build-t 10.101.48.0/20"));
}

TEST(Peering, ThatWaitsForAcceptanceIsAccepted) {
  EXPECT_THAT(planned(side(build, {{"tunnel", network("10.100.16.0/20", "build-t")}}), ci_side,
                      {connection("pending-acceptance")}),
              testing::Contains("update peering connection build-ci"));
}

TEST(Peering, ThatWasDeletedCountsAsNone) {
  EXPECT_THAT(planned(side(build, {{"tunnel", network("10.100.16.0/20", "build-t")}}), ci_side,
                      {connection("deleted")}),
              testing::Contains("create peering connection build-ci"));
}

TEST(Peering, ReplacesRoutesOverAConnectionThatIsGone) {
  const ObservedRoute dead{cidr("10.101.0.0/20"), "pcx-dead", ObservedRoute::Owner::other};
  EXPECT_THAT(planned(side(build, {{"tunnel", network("10.100.16.0/20", "build-t", {dead})}}),
                      ci_side, {connection("active")}),
              testing::Contains("replace route build-t 10.101.0.0/20"));
}

TEST(Peering, NeedsTheMetanetworksToBeThere) {
  EXPECT_THAT(
      test::thrown_by([] { planned(side(build, {}), ci_side, {}); }),
      HasSubstr("VPC build (vpc-build) has no subnets or route tables of metanetwork tunnel"));
}

TEST(PeeringSide, KnowsTablesAndRangesOfMetanetworks) {
  const PeeringSide result = peering_side(
      ci,
      {{"intranet",
        {.name = "intranet",
         .subnets = {{.range = cidr("10.101.0.0/22")}, {.range = cidr("10.101.4.0/22")}}}},
       {"gone", {.name = "gone", .group_id = "sg-1"}}},
      {{.id = "rtb-1", .vpc_id = "vpc-ci", .metanetwork = "intranet"},
       {.id = "rtb-2", .vpc_id = "vpc-other", .metanetwork = "intranet"}});
  ASSERT_EQ(result.metanetworks.size(), 1U);
  EXPECT_EQ(result.metanetworks.at("intranet").range, cidr("10.101.0.0/21"));
  EXPECT_EQ(result.metanetworks.at("intranet").tables.size(), 1U);
}

}  // namespace
}  // namespace asiaq::network
