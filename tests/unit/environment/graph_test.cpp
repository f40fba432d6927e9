#include "environment/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::environment {
namespace {

using testing::HasSubstr;
using testing::Not;

Description demo() {
  Description description;
  description.vpc.name = "demo";
  description.vpc.type = "sandbox";
  description.networks = {{"intranet", "10.0.0.0/20", "sg-1"}, {"dmz", "10.0.16.0/20", "sg-2"}};
  description.subnets = {{"intranet", "z-a", "10.0.0.0/22", "subnet-1", "rtb-1", ""},
                         {"dmz", "z-a", "10.0.16.0/22", "subnet-2", "rtb-2", "nat-1"}};
  return description;
}

TEST(Graph, HasABoxPerMetanetworkWithItsSubnets) {
  EXPECT_THAT(as_dot(demo()), HasSubstr("\"metanetwork intranet\" [shape=box, "
                                        "label=\"intranet\\n10.0.0.0/20\\nz-a  10.0.0.0/22\"];"));
}

TEST(Graph, CountsHostsByHostclass) {
  Description description = demo();
  description.hosts = {{"intranet", "mhcweb", "i-1"}, {"intranet", "mhcweb", "i-2"}};
  EXPECT_THAT(as_dot(description), HasSubstr("2 × mhcweb"));
}

TEST(Graph, HasOneArrowForAllRulesBetweenTwoMetanetworks) {
  Description description = demo();
  description.rules = {{"intranet", "tcp", "80", "dmz"}, {"intranet", "tcp", "443", "dmz"}};
  EXPECT_THAT(as_dot(description), HasSubstr("\"metanetwork dmz\" -> \"metanetwork intranet\" "
                                             "[label=\"tcp 80\\ntcp 443\"];"));
}

TEST(Graph, ShowsWhereRangesComeIn) {
  Description description = demo();
  description.rules = {{"dmz", "tcp", "443", "0.0.0.0/0"}};
  EXPECT_THAT(as_dot(description), HasSubstr("\"outside 0.0.0.0/0\" [shape=ellipse"));
}

TEST(Graph, LeadsRoutesToANatGatewayIntoItsMetanetwork) {
  Description description = demo();
  description.routes = {{"intranet", "z-a", "0.0.0.0/0", "nat-1", "rtb-1"},
                        {"intranet", "z-b", "0.0.0.0/0", "nat-1", "rtb-3"}};
  EXPECT_THAT(as_dot(description),
              HasSubstr("\"metanetwork intranet\" -> \"metanetwork dmz\" [label=\"0.0.0.0/0\", "
                        "style=dashed];"));
}

TEST(Graph, QuotesWhatNamesMayHold) {
  Description description = demo();
  description.vpc.name = "de\"mo\\n";
  EXPECT_THAT(as_dot(description), HasSubstr("digraph \"de\\\"mo\\\\n\" {"));
  EXPECT_THAT(as_dot(description), Not(HasSubstr("\"de\"mo")));
}

}  // namespace
}  // namespace asiaq::environment
