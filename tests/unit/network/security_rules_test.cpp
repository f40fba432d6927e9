#include "network/security_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"

namespace asiaq::network {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const std::vector<std::string> four{"intranet", "tunnel", "dmz", "maintenance"};
const Cidr vpc = Cidr::parse("10.101.0.0/16").value();

std::vector<std::string> texts(const std::vector<IngressRule>& rules) {
  std::vector<std::string> result;
  for (const IngressRule& rule : rules) result.push_back(to_string(rule));
  return result;
}

std::vector<std::string> parsed(const char* text, const std::vector<std::string>& defined = four) {
  return texts(parse_rules(text, "intranet", defined));
}

std::string error_of(const char* text) {
  try {
    parse_rules(text, "intranet", four);
  } catch (const VpcEnvironmentError& error) {
    return error.what();
  }
  return "no error";
}

TEST(RuleGrammar, ReadsTheExampleOfTheManual) {
  EXPECT_THAT(parsed("tcp dmz 0:1024 443 8080, icmp 10.0.0.0/8 -1"),
              ElementsAre("tcp 0-1024 from dmz", "tcp 443 from dmz", "tcp 8080 from dmz",
                          "icmp all from 10.0.0.0/8"));
}

TEST(RuleGrammar, TakesAllForEveryMetanetworkIncludingItsOwn) {
  EXPECT_THAT(parsed("tcp all 80 443"), SizeIs(8));
  EXPECT_THAT(parsed("tcp ALL 80", {"intranet", "dmz"}),
              ElementsAre("tcp 80 from intranet", "tcp 80 from dmz"));
}

TEST(RuleGrammar, HasNoRulesInAnEmptyText) {
  EXPECT_THAT(parsed(""), IsEmpty());
  EXPECT_THAT(parsed("  \n"), IsEmpty());
}

TEST(RuleGrammar, ClearsHostBits) {
  EXPECT_THAT(parsed("tcp 10.1.0.22/16 443"), ElementsAre("tcp 443 from 10.1.0.0/16"));
}

TEST(RuleGrammar, NormalisesProtocols) {
  EXPECT_THAT(parsed("TCP dmz 1, 6 dmz 1, 17 dmz 2, 1 dmz 8:-1, 50 dmz -1"),
              ElementsAre("tcp 1 from dmz", "tcp 1 from dmz", "udp 2 from dmz", "icmp 8 from dmz",
                          "50 all from dmz"));
}

TEST(RuleGrammar, TakesAllPortsForAllProtocols) {
  EXPECT_THAT(parsed("-1 dmz -1, all dmz 22"),
              ElementsAre("-1 0-65535 from dmz", "-1 0-65535 from dmz"));
}

TEST(RuleGrammar, TakesAnyBlanksBetweenWords) {
  EXPECT_THAT(parsed("tcp\tdmz   80\n 81"), ElementsAre("tcp 80 from dmz", "tcp 81 from dmz"));
}

struct BadRule {
  const char* text;
  const char* quoted;
};

class BadRules : public testing::TestWithParam<BadRule> {};

TEST_P(BadRules, AreQuotedWithTheirMetanetwork) {
  EXPECT_THAT(error_of(GetParam().text),
              AllOf(HasSubstr("metanetwork intranet"), HasSubstr(GetParam().quoted)));
}

INSTANTIATE_TEST_SUITE_P(Table, BadRules,
                         testing::Values(BadRule{"tcp all", "'tcp all'"},
                                         BadRule{"tcp all 80,", "''"},
                                         BadRule{"tcp foo 80", "'tcp foo 80'"},
                                         BadRule{"tcp all eighty", "'tcp all eighty'"},
                                         BadRule{"tcp all 1:x", "'tcp all 1:x'"},
                                         BadRule{"tcp all 1:2:3", "'tcp all 1:2:3'"},
                                         BadRule{"tcp all 65536", "'tcp all 65536'"},
                                         BadRule{"tcp all -2", "'tcp all -2'"},
                                         BadRule{"tcp 10.0.0.0/33 80", "'tcp 10.0.0.0/33 80'"},
                                         BadRule{"tpc all 80", "'tpc all 80'"},
                                         BadRule{"tcp all 80, udp dmz", "'udp dmz'"}));

TEST(DesiredRules, AddPingAndDnsFromTheVpcToMetanetworksWithRules) {
  RuleSettings settings;
  settings.texts["intranet"] = "tcp dmz 2181";
  const MetanetworkRules rules = desired_rules(settings, four, vpc);
  EXPECT_THAT(texts(rules.at("intranet")),
              UnorderedElementsAre("tcp 2181 from dmz", "icmp all from 10.101.0.0/16",
                                   "udp 53 from 10.101.0.0/16"));
  EXPECT_THAT(rules.at("dmz"), IsEmpty());
  EXPECT_THAT(rules, SizeIs(4));
}

TEST(DesiredRules, CountAsInScenario2) {
  RuleSettings settings;
  settings.texts["tunnel"] = "tcp all 80 443, tcp maintenance 22, udp all 123";
  settings.texts["intranet"] = "tcp all 0:65535, udp intranet 0:65535, tcp dmz 2181";
  const MetanetworkRules rules = desired_rules(settings, four, vpc);
  EXPECT_THAT(rules.at("tunnel"), SizeIs(15));
  EXPECT_THAT(rules.at("intranet"), SizeIs(8));
}

TEST(DesiredRules, OpenCustomerPortsEvenWithoutOtherRules) {
  RuleSettings settings;
  settings.customer_ports = {"443", "8000:8010"};
  settings.customer_ranges = {Cidr::parse("0.0.0.0/0").value()};
  const MetanetworkRules rules = desired_rules(settings, four, vpc);
  EXPECT_THAT(texts(rules.at("dmz")),
              UnorderedElementsAre("tcp 443 from 0.0.0.0/0", "tcp 443 from dmz",
                                   "tcp 8000-8010 from 0.0.0.0/0", "tcp 8000-8010 from dmz"));
  EXPECT_THAT(texts(rules.at("intranet")),
              UnorderedElementsAre("tcp 443 from dmz", "tcp 8000-8010 from dmz"));
}

TEST(DesiredRules, RefuseCustomerPortsWithoutDmz) {
  RuleSettings settings;
  settings.customer_ports = {"443"};
  EXPECT_THROW(desired_rules(settings, {"intranet"}, vpc), VpcConfigError);
}

TEST(DesiredRules, NameTheOptionOfABadCustomerPort) {
  RuleSettings settings;
  settings.customer_ports = {"https"};
  try {
    desired_rules(settings, four, vpc);
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("customer_ports: 'https'"));
  }
}

TEST(DesiredRules, CollapseDuplicates) {
  RuleSettings settings;
  settings.texts["dmz"] = "tcp all 80, TCP dmz 80, 6 dmz 80:80";
  EXPECT_THAT(desired_rules(settings, {"dmz"}, vpc).at("dmz"), SizeIs(3));
}

TEST(RuleDifference, AddsWhatIsMissingAndRevokesWhatIsTooMuch) {
  const auto actual = parse_rules("tcp dmz 80 81", "intranet", four);
  const auto desired = parse_rules("tcp dmz 81 82", "intranet", four);
  const RuleDifference result = difference(actual, desired);
  EXPECT_THAT(texts(result.add), ElementsAre("tcp 82 from dmz"));
  EXPECT_THAT(texts(result.revoke), ElementsAre("tcp 80 from dmz"));
}

TEST(RuleDifference, IsEmptyForTheSameRulesInAnotherOrder) {
  const auto actual = parse_rules("tcp 10.1.0.0/16 443, udp dmz 53, udp dmz 53", "x", four);
  const auto desired = parse_rules("UDP dmz 53, tcp 10.1.0.22/16 443", "x", four);
  EXPECT_TRUE(difference(actual, desired).empty());
}

TEST(RuleDifference, RevokesEverythingWhenNothingIsWanted) {
  EXPECT_THAT(difference(parse_rules("tcp all 80", "x", four), {}).revoke, SizeIs(4));
}

}  // namespace
}  // namespace asiaq::network
