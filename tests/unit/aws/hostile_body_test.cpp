// Good answers that are anything but.
#include <gtest/gtest.h>

#include <cstddef>

#include "aws/cloudwatch/tables.h"
#include "aws/cloudwatch/types.h"
#include "aws/ec2/tables.h"
#include "aws/ec2/types.h"
#include "aws/protocol/protocol.h"
#include "aws/s3/tables.h"
#include "aws/s3/types.h"

#pragma GCC diagnostic ignored "-Winvalid-offsetof"

namespace asiaq::aws::protocol {
namespace {

// A structure that holds itself, as those of some services do.
struct Nested {
  Box<Nested> inner;
  std::optional<std::string> document;
};
extern const Shape nested_shape;
constexpr Member kNestedMembers[] = {{.name = "Inner",
                                      .request_name = "Inner",
                                      .response_name = "Inner",
                                      .shape = &nested_shape,
                                      .slot = &access::optional<Box<Nested>>,
                                      .offset = offsetof(Nested, inner)},
                                     {.name = "Document",
                                      .request_name = "Document",
                                      .response_name = "Document",
                                      .shape = &shapes::document,
                                      .slot = &access::optional<std::optional<std::string>>,
                                      .offset = offsetof(Nested, document)}};
constinit const Shape nested_shape{
    .name = "Nested", .kind = Kind::structure, .members = kNestedMembers};
const Operation kNest{.name = "Nest", .output = &nested_shape};
constexpr Service kXml{.name = "x", .protocol = Protocol::ec2};
constexpr Service kJson{.name = "x", .protocol = Protocol::json};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string reason(const Service& service, const std::string& body) {
  Nested nested;
  try {
    read_response(service, kNest, {.status = 200, .headers = {}, .body = body}, &nested);
  } catch (const UnreadableResponse& unreadable) {
    return unreadable.reason;
  }
  return "read";
}

TEST(NestedXml, IsReadToAPoint) {
  const auto nested = [](int depth) {
    return "<a>" + repeated("<Inner>", depth) + repeated("</Inner>", depth) + "</a>";
  };
  EXPECT_EQ(reason(kXml, nested(150)), "read");
  EXPECT_EQ(reason(kXml, nested(250)), "the body is nested too deeply");
  EXPECT_EQ(reason(kXml, nested(100000)), "the body is nested too deeply");
}

TEST(NestedJson, IsReadToAPoint) {
  const auto nested = [](int depth) {
    return repeated("{\"Inner\":", depth) + "{}" + repeated("}", depth);
  };
  EXPECT_EQ(reason(kJson, nested(150)), "read");
  EXPECT_EQ(reason(kJson, nested(250)), "the body is nested too deeply");
  EXPECT_EQ(reason(kJson, nested(100000)), "the body is nested too deeply");
}

TEST(NestedJson, InADocumentIsReadToAPoint) {
  EXPECT_EQ(reason(kJson, "{\"Document\":" + repeated("[", 100) + repeated("]", 100) + "}"),
            "read");
  EXPECT_EQ(reason(kJson, "{\"Document\":" + repeated("[", 100000) + repeated("]", 100000) + "}"),
            "the body is nested too deeply");
}

TEST(NestedJson, DoesNotCountBracketsInTexts) {
  EXPECT_EQ(reason(kJson, "{\"Document\":\"" + repeated("[{\\\"", 1000) + "\"}"), "read");
}

// If each name were compared with all before it, this would take a quarter of an hour.
TEST(JsonObject, MayHaveAnyNumberOfNames) {
  std::string body = "{";
  for (int i = 0; i < 200000; ++i) {
    body += '"';
    body += std::to_string(i);
    body += "\":0,";
  }
  body += "\"Document\":true}";
  EXPECT_EQ(reason(kJson, body), "read");
}

TEST(DocumentType, IsRefused) {
  EXPECT_EQ(reason(kXml, "<!DOCTYPE a [<!ENTITY e \"x\">]><a><Inner/></a>"),
            "the body declares a document type");
}

TEST(Entities, OtherThanTheFiveOfXmlAreTextOnly) {
  s3::GetBucketLocationOutput output;
  read_response(s3::tables::service, s3::tables::GetBucketLocation_operation,
                {.status = 200,
                 .headers = {},
                 .body = "<LocationConstraint>&lt;&xxe;&#65;</LocationConstraint>"},
                &output);
  EXPECT_EQ(output.location_constraint, "<&xxe;A");
}

struct BadValueRow {
  std::string name, body;
};
class BadValue : public testing::TestWithParam<BadValueRow> {};

TEST_P(BadValue, MakesTheAnswerUnreadable) {
  ec2::DescribeInstancesResult output;
  EXPECT_THROW(
      read_response(ec2::tables::service, ec2::tables::DescribeInstances_operation,
                    {.status = 200,
                     .headers = {},
                     .body = "<r><reservationSet><item><instancesSet><item>" + GetParam().body +
                             "</item></instancesSet></item></reservationSet></r>"},
                    &output),
      UnreadableResponse);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadValue,
    testing::Values(BadValueRow{"Number", "<amiLaunchIndex>one</amiLaunchIndex>"},
                    BadValueRow{"TooLarge", "<amiLaunchIndex>99999999999</amiLaunchIndex>"},
                    BadValueRow{"Time", "<launchTime>yesterday</launchTime>"},
                    BadValueRow{"Unclosed", "<imageId>ami-1"}),
    [](const auto& row) { return row.param.name; });

TEST(JsonValue, OfAnotherKindMakesTheAnswerUnreadable) {
  cloudwatch::DescribeAlarmsOutput output;
  for (const char* body :
       {R"({"MetricAlarms":{}})", R"({"MetricAlarms":[1]})",
        R"({"MetricAlarms":[{"Period":1e300}]})", R"({"MetricAlarms":[{"Period":2147483648}]})",
        R"({"MetricAlarms":[{"Period":-2147483649}]})",
        R"({"MetricAlarms":[{"Period":2147483648.0}]})",
        R"({"MetricAlarms":[{"Period":18446744073709551615}]})",
        R"({"MetricAlarms":[{"ActionsEnabled":"yes"}]})", "[]", "{", "nul"}) {
    EXPECT_THROW(
        read_response(cloudwatch::tables::service, cloudwatch::tables::DescribeAlarms_operation,
                      {.status = 200, .headers = {}, .body = body}, &output),
        UnreadableResponse)
        << body;
  }
}

}  // namespace
}  // namespace asiaq::aws::protocol
