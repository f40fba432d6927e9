#include "aws/statistics.h"

#include <gtest/gtest.h>

namespace asiaq::aws {
namespace {

void count_some(CallStatistics& statistics) {
  statistics.add("ec2 DescribeVpcs", {.calls = 1,
                                      .attempts = 3,
                                      .throttles = 2,
                                      .bytes_sent = 37,
                                      .bytes_received = 250,
                                      .waited = Seconds(1.5)});
  statistics.add("ec2 CreateVpc", {.calls = 1, .attempts = 1, .failures = 1, .bytes_sent = 60});
}

TEST(CallStatistics, AreShownByOperationWithATotal) {
  CallStatistics statistics;
  count_some(statistics);
  const std::string table = to_table(statistics);
  EXPECT_NE(table.find("operation"), std::string::npos);
  EXPECT_NE(table.find("total                                                 2        2"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("     1.5s\n"), std::string::npos) << table;
}

TEST(CallStatistics, AreOneLineOfJsonForPrograms) {
  CallStatistics statistics;
  count_some(statistics);
  EXPECT_EQ(to_json(statistics),
            R"({"operations":[{"operation":"ec2 CreateVpc","calls":1,"retries":0,"throttles":0,)"
            R"("failures":1,"bytes_sent":60,"bytes_received":0,"seconds_waited":0.0},)"
            R"({"operation":"ec2 DescribeVpcs","calls":1,"retries":2,"throttles":2,"failures":0,)"
            R"("bytes_sent":37,"bytes_received":250,"seconds_waited":1.5}],)"
            R"("total":{"calls":2,"retries":2,"throttles":2,"failures":1,"bytes_sent":97,)"
            R"("bytes_received":250,"seconds_waited":1.5}})");
}

TEST(CallStatistics, OfNoCallsAreEmpty) {
  EXPECT_EQ(to_json(CallStatistics()),
            R"({"operations":[],"total":{"calls":0,"retries":0,"throttles":0,"failures":0,)"
            R"("bytes_sent":0,"bytes_received":0,"seconds_waited":0.0}})");
}

}  // namespace
}  // namespace asiaq::aws
