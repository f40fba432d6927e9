#include "hostclass/user_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::hostclass {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

UserDataFacts facts() {
  return {.hostclass = "mhcfoo",
          .environment = "ci",
          .owner = "alice",
          .project = "disco",
          .credential_buckets = {"us-west-2.disco.credentials.ci"}};
}

std::vector<std::string> lines(const UserDataFacts& f) { return split(user_data(f), '\n'); }

TEST(UserData, HasOneQuotedPairPerLineAndNoFinalNewline) {
  EXPECT_EQ(user_data(facts()),
            "hostclass=\"mhcfoo\"\n"
            "logger_ip=\"\"\n"
            "logforwarder_ip=\"\"\n"
            "environment_name=\"ci\"\n"
            "owner=\"alice\"\n"
            "credential_buckets=\"us-west-2.disco.credentials.ci\"\n"
            "zookeepers=\"[]\"\n"
            "eip=\"\"\n"
            "floating_ips=\"\"\n"
            "floating_ip=\"\"\n"
            "smoketest_termination=\"1\"\n"
            "project_name=\"disco\"");
}

TEST(UserData, NamesTheProxyOnlyWhenThereIsOne) {
  UserDataFacts f = facts();
  EXPECT_THAT(lines(f), Each(Not(StartsWith("http_proxy_ip"))));
  f.http_proxy_ip = "10.101.0.5";
  EXPECT_THAT(lines(f), Contains("http_proxy_ip=\"10.101.0.5\""));
}

TEST(UserData, WritesZookeepersWithLiteralBackslashes) {
  UserDataFacts f = facts();
  f.zookeeper = "10.101.0.7";
  EXPECT_THAT(lines(f), Contains(R"(zookeepers="[\"10.101.0.7:2181\"]")"));
}

TEST(UserData, ListsAllFloatingAddressesAndTheFirst) {
  UserDataFacts f = facts();
  f.floating_ips = {"10.101.16.5", "10.101.16.6"};
  EXPECT_THAT(lines(f), Contains("floating_ips=\"10.101.16.5 10.101.16.6\""));
  EXPECT_THAT(lines(f), Contains("floating_ip=\"10.101.16.5\""));
}

TEST(UserData, EscapesWhatAShellWouldExpand) {
  UserDataFacts f = facts();
  f.owner = R"(a"b\c$d`e)";
  EXPECT_THAT(lines(f), Contains(R"(owner="a\"b\\c\$d\`e")"));
}

TEST(UserData, MarksTestingGroupsOnly) {
  UserDataFacts f = facts();
  EXPECT_THAT(lines(f), Each(Not(StartsWith("is_testing"))));
  f.is_testing = true;
  EXPECT_THAT(lines(f), Contains("is_testing=\"1\""));
}

TEST(UserData, TellsHostsToStayWhenTheirSmokeTestMayFail) {
  UserDataFacts f = facts();
  f.terminates_on_failed_smoke_test = false;
  EXPECT_THAT(lines(f), Contains("smoketest_termination=\"0\""));
}

TEST(UserData, RefusesALineBreakInAValue) {
  UserDataFacts f = facts();
  f.eip = "1.2.3.4\nhostclass=mhcevil";
  EXPECT_THROW(user_data(f), ConfigError);
}

TEST(UserData, RefusesADomainNameThatHidesASearchedWord) {
  UserDataFacts f = facts();
  f.domain_name = "owner.example.com";
  EXPECT_THROW(user_data(f), ConfigError);
  f.domain_name = "ci.example.com";
  EXPECT_THAT(lines(f), Contains("domain_name=\"ci.example.com\""));
}

TEST(UserData, RefusesMoreThanEc2Takes) {
  UserDataFacts f = facts();
  f.eip = std::string(17'000, 'x');
  try {
    user_data(f);
    FAIL() << "17000 bytes of user data were accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.reason(), HasSubstr("mhcfoo"));
  }
}

}  // namespace
}  // namespace asiaq::hostclass
