#include "network/peering_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

Vpc vpc(const char* name, const char* type, const char* id) {
  Vpc result;
  result.id = id;
  result.name = name;
  result.type = type;
  return result;
}

const std::vector<Vpc> region{vpc("a", "sandbox", "vpc-a"), vpc("b", "sandbox", "vpc-b"),
                              vpc("c", "sandbox", "vpc-c"), vpc("ci", "openvpn", "vpc-ci"),
                              vpc("build", "build", "vpc-build")};

bool has_all(const Vpc&, const std::string&) { return true; }

std::vector<WantedPeering> wanted(const std::vector<const char*>& values,
                                  const std::optional<std::string>& only = {}) {
  std::vector<PeeringLine> lines;
  for (const char* value : values) lines.push_back(parse_peering_line("connection_1", value));
  return wanted_peerings(lines, region, has_all, only);
}

std::vector<std::pair<std::string, std::string>> pairs(const std::vector<WantedPeering>& peerings) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& each : peerings) result.emplace_back(each.first.name, each.second.name);
  return result;
}

std::string problem(const char* value) {
  return test::thrown_by([&] { parse_peering_line("connection_3", value); });
}

TEST(PeeringLine, HasTwoEndpoints) {
  const PeeringLine line =
      parse_peering_line("connection_1", " build/tunnel \t ci:openvpn/intranet ");
  EXPECT_EQ(line.first, (PeeringEndpoint{"build", "", "tunnel"}));
  EXPECT_EQ(line.second, (PeeringEndpoint{"ci", "openvpn", "intranet"}));
}

TEST(PeeringLine, IsQuotedWhenItIsWrong) {
  EXPECT_THAT(problem("a/tunnel"), HasSubstr("connection_3=a/tunnel"));
  EXPECT_THAT(problem("a/tunnel b/tunnel c/tunnel"), HasSubstr("two endpoints"));
  EXPECT_THAT(problem("a b/tunnel"), HasSubstr("'a'"));
  EXPECT_THAT(problem("a/ b/tunnel"), HasSubstr("'a/'"));
  EXPECT_THAT(problem("a/x b/tunnel"), HasSubstr("no metanetwork 'x'"));
  EXPECT_THAT(problem("*/tunnel b/tunnel"), HasSubstr("needs a type"));
  EXPECT_THAT(problem("a:*/tunnel b/tunnel"), HasSubstr("not for types"));
  EXPECT_THAT(problem("a:/tunnel b/tunnel"), HasSubstr("'a:/tunnel'"));
}

TEST(WantedPeerings, AreOnePerPairWhateverTheNumberAndOrderOfLines) {
  const auto result = wanted({"build/tunnel ci/intranet", "ci/maintenance build/tunnel"});
  ASSERT_THAT(pairs(result), ElementsAre(Pair("build", "ci")));
  EXPECT_THAT(result[0].metanetworks,
              ElementsAre(Pair("tunnel", "intranet"), Pair("tunnel", "maintenance")));
}

TEST(WantedPeerings, PairEveryVpcOfATypeWithAnother) {
  EXPECT_THAT(pairs(wanted({"*:sandbox/intranet c:sandbox/intranet"})),
              ElementsAre(Pair("a", "c"), Pair("b", "c")));
  EXPECT_THAT(pairs(wanted({"*:sandbox/intranet *:sandbox/intranet"})),
              ElementsAre(Pair("a", "b"), Pair("a", "c"), Pair("b", "c")));
}

TEST(WantedPeerings, NeverPairAVpcWithItself) {
  EXPECT_THAT(wanted({"a/intranet a/tunnel"}), IsEmpty());
  EXPECT_THAT(wanted({"*:openvpn/intranet *:openvpn/tunnel"}), IsEmpty());
}

TEST(WantedPeerings, UseTheTypeOfTheVpcWhereNoneIsWritten) {
  EXPECT_THAT(wanted({"build/tunnel ci/intranet"}), SizeIs(1));
}

TEST(WantedPeerings, SkipAVpcOfAnotherType) {
  EXPECT_THAT(wanted({"build/tunnel ci:ci/intranet"}), IsEmpty());
}

TEST(WantedPeerings, SkipVpcsThatAreNotUp) {
  EXPECT_THAT(wanted({"build/tunnel gone/intranet"}), IsEmpty());
}

TEST(WantedPeerings, CanBeLimitedToThoseOfOneVpc) {
  EXPECT_THAT(pairs(wanted({"*:sandbox/intranet *:sandbox/intranet"}, "vpc-a")),
              ElementsAre(Pair("a", "b"), Pair("a", "c")));
}

TEST(WantedPeerings, NameTheVpcThatLacksTheMetanetwork) {
  const auto lacks = [](const Vpc& each, const std::string&) { return each.name != "ci"; };
  const PeeringLine line = parse_peering_line("connection_1", "build/tunnel ci/dmz");
  EXPECT_THAT(test::thrown_by([&] { wanted_peerings({line}, region, lacks); }),
              HasSubstr("VPC ci of type openvpn has no metanetwork dmz"));
}

TEST(WantedPeerings, RefuseANameThatSeveralVpcsHave) {
  const std::vector<Vpc> twice{vpc("a", "x", "vpc-1"), vpc("a", "x", "vpc-2"),
                               vpc("b", "x", "vpc-3")};
  const PeeringLine line = parse_peering_line("connection_1", "a/tunnel b/tunnel");
  EXPECT_THAT(test::thrown_by([&] { wanted_peerings({line}, twice, has_all); }),
              HasSubstr("vpc-1, vpc-2"));
}

}  // namespace
}  // namespace asiaq::network
