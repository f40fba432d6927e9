#include <gtest/gtest.h>

#include "aws/error.h"
#include "aws/protocol/protocol.h"
#include "aws/s3/tables.h"

namespace asiaq::aws::protocol {
namespace {

http::Response response(int status, std::string body,
                        std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::Response made;
  made.status = status;
  made.body = std::move(body);
  for (auto& [name, value] : headers) made.headers.add(name, value);
  return made;
}

constexpr Service kEc2{.name = "ec2", .protocol = Protocol::ec2};
constexpr Service kQuery{.name = "autoscaling", .protocol = Protocol::query};
constexpr Service kS3{.name = "s3", .protocol = Protocol::rest_xml, .s3_signing = true};
constexpr Service kJson{.name = "logs", .protocol = Protocol::json};
constexpr Service kRestJson{.name = "es", .protocol = Protocol::rest_json};
constexpr Service kCompatible{
    .name = "cloudwatch", .protocol = Protocol::json, .query_compatible = true};

TEST(ErrorBody, OfEc2) {
  const ErrorFacts facts = read_error(
      kEc2,
      response(
          400,
          "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code>"
          "<Message>The vpc ID 'vpc-1' does not exist</Message></Error></Errors>"
          "<RequestID>r-1</RequestID></Response>"));
  EXPECT_EQ(facts.code, "InvalidVpcID.NotFound");
  EXPECT_EQ(facts.message, "The vpc ID 'vpc-1' does not exist");
  EXPECT_EQ(facts.request_id, "r-1");
}

TEST(ErrorBody, OfAQueryService) {
  const ErrorFacts facts = read_error(
      kQuery,
      response(
          400,
          "<ErrorResponse xmlns=\"http://x/\"><Error><Type>Sender</Type><Code>AlreadyExists</Code>"
          "<Message>Group exists</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"));
  EXPECT_EQ(facts.code, "AlreadyExists");
  EXPECT_EQ(facts.message, "Group exists");
  EXPECT_EQ(facts.request_id, "r-2");
}

TEST(ErrorBody, OfS3WithItsDetails) {
  const ErrorFacts facts = read_error(
      kS3,
      response(
          301,
          "<Error><Code>PermanentRedirect</Code><Message>Elsewhere</Message><Bucket>b</Bucket>"
          "<Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint><RequestId>r-3</RequestId></Error>"));
  EXPECT_EQ(facts.code, "PermanentRedirect");
  EXPECT_EQ(facts.details.at("Endpoint"), "b.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(facts.request_id, "r-3");
}

TEST(ErrorBody, OfAHeadRequestIsEmptyAndTheStatusIsTheCode) {
  const ErrorFacts facts = read_error(kS3, response(404, "", {{"x-amz-request-id", "r-4"}}));
  EXPECT_EQ(facts.code, "404");
  EXPECT_EQ(facts.message, "not found");
  EXPECT_EQ(facts.request_id, "r-4");
}

TEST(ErrorBody, OfAProxyIsShownInPlainWords) {
  const ErrorFacts facts = read_error(
      kEc2,
      response(502,
               "<html><head><title>502 Bad Gateway</title></head>\n<body>no  upstream</body>"));
  EXPECT_EQ(facts.code, "502");
  EXPECT_EQ(facts.message, "bad gateway; the answer reads: 502 Bad Gateway no upstream");
}

TEST(ErrorBody, CutOffIsNoReasonToFail) {
  const ErrorFacts facts = read_error(kEc2, response(503, "<Response><Errors><Error><Code>Requ"));
  EXPECT_EQ(facts.code, "503");
}

TEST(ErrorBody, WithoutRequestIdIsFine) {
  EXPECT_EQ(
      read_error(kQuery,
                 response(400, "<ErrorResponse><Error><Code>A</Code></Error></ErrorResponse>"))
          .request_id,
      "");
}

struct JsonType {
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};
class JsonErrorType : public testing::TestWithParam<JsonType> {};

TEST_P(JsonErrorType, IsFoundInEveryForm) {
  EXPECT_EQ(read_error(kRestJson, response(400, GetParam().body, GetParam().headers)).code,
            "NoSuch");
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonErrorType,
    testing::Values(JsonType{R"({"__type":"NoSuch","message":"m"})", {}},
                    JsonType{R"({"__type":"com.amazonaws.logs#NoSuch"})", {}},
                    JsonType{R"({"__type":"com.amazonaws.logs#NoSuch:http://internal/x"})", {}},
                    JsonType{R"({"code":"NoSuch"})", {}}, JsonType{R"({"Code":"NoSuch"})", {}},
                    JsonType{"{}", {{"x-amzn-errortype", "NoSuch:http://internal/x"}}},
                    JsonType{"", {{"X-Amzn-ErrorType", "aws.protocoltests#NoSuch"}}}));

TEST(ErrorBody, OfJsonGivesTheMessageInAnyCase) {
  EXPECT_EQ(read_error(kJson, response(400, R"({"__type":"A","Message":"m"})")).message, "m");
  EXPECT_EQ(read_error(kJson, response(400, R"({"__type":"A","message":"m"})")).message, "m");
}

TEST(ErrorBody, OfAQueryCompatibleServiceHasItsOldCodeInAHeader) {
  const auto answer = response(400, R"({"__type":"com.x#QueueMissing"})",
                               {{"x-amzn-query-error", "AWS.Missing;Sender"}});
  EXPECT_EQ(read_error(kCompatible, answer).code, "AWS.Missing");
  EXPECT_EQ(read_error(kJson, answer).code, "QueueMissing");
}

class ErrorInDisguise : public testing::TestWithParam<const Operation*> {};

// docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html: "a 200 OK response can contain
// either a success or an error".
TEST_P(ErrorInDisguise, IsSeenInAGoodAnswerOfS3) {
  const auto is_error = [](std::string body) {
    return is_error_in_disguise(kS3, *GetParam(), response(200, std::move(body)));
  };
  EXPECT_TRUE(is_error("<Error><Code>InternalError</Code></Error>"));
  EXPECT_TRUE(is_error(std::string(5000, ' ') +
                       "<?xml version=\"1.0\"?>\n  \n<Error><Code>SlowDown</Code></Error>"));
  EXPECT_FALSE(is_error("<Result/>"));
  EXPECT_FALSE(is_error("<Result><Error/></Result>"));
  EXPECT_FALSE(is_error("<Error><Code>Inter")) << "left to whoever reads it";
  EXPECT_FALSE(is_error(""));
}

INSTANTIATE_TEST_SUITE_P(Operations, ErrorInDisguise,
                         testing::Values(&s3::tables::CopyObject_operation,
                                         &s3::tables::ListObjectsV2_operation,
                                         &s3::tables::DeleteObjects_operation),
                         [](const auto& row) { return std::string(row.param->name); });

TEST(ErrorInDisguise, IsNoneInAnObjectOrAnotherService) {
  const auto body = response(200, "<Error><Code>Mine</Code></Error>");
  EXPECT_FALSE(is_error_in_disguise(kS3, s3::tables::GetObject_operation, body));
  EXPECT_FALSE(is_error_in_disguise(kEc2, s3::tables::CopyObject_operation, body));
}

struct HostileRow {
  std::string name, body;
};
class HostileBody : public testing::TestWithParam<HostileRow> {};

TEST_P(HostileBody, IsAnErrorWithTheStatusAsItsCode) {
  for (const Service* service : {&kEc2, &kQuery, &kS3, &kJson, &kRestJson}) {
    const ErrorFacts facts = read_error(*service, response(500, GetParam().body));
    EXPECT_EQ(facts.code, "500") << service->name;
    EXPECT_LT(facts.message.size(), 300U);
  }
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, HostileBody,
    testing::Values(
        HostileRow{"Entities",
                   "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
                   "<Error><Code>&b;</Code></Error>"},
        HostileRow{"ExternalEntity",
                   "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><Error><Code>A</Code></Error>"},
        HostileRow{"DeepXml", repeated("<a>", 100000)},
        HostileRow{"DeepClosedXml", repeated("<a>", 100000) + repeated("</a>", 100000)},
        HostileRow{"DeepJson", repeated("[", 100000)},
        HostileRow{"DeepClosedJson", repeated("[", 100000) + repeated("]", 100000)},
        HostileRow{"DeepObjects", repeated("{\"a\":", 100000)}, HostileRow{"Nothing", ""},
        HostileRow{"Zeros", std::string(1000, '\0')},
        HostileRow{"Html", "<!DOCTYPE html><html><head><title>Oops</title></head></html>"}),
    [](const auto& row) { return row.param.name; });

TEST(ServiceError, SaysServiceOperationCodeAndMessageInOneLine) {
  const ServiceError error({.service = "ec2",
                            .operation = "DeleteVpc",
                            .code = "DependencyViolation",
                            .message = "The vpc 'vpc-1' has dependencies.",
                            .http_status = 400,
                            .request_id = "r"});
  EXPECT_STREQ(error.what(),
               "ec2 DeleteVpc: DependencyViolation: The vpc 'vpc-1' has dependencies [request r]");
  EXPECT_FALSE(error.is_not_found());
}

TEST(ServiceError, KnowsWhatIsMissing) {
  for (const char* code : {"InvalidVpcID.NotFound", "NoSuchEntity", "NoSuchKey", "404",
                           "ResourceNotFoundException", "ParameterNotFound", "DBInstanceNotFound",
                           "DBSubnetGroupNotFoundFault", "LoadBalancerNotFound"}) {
    EXPECT_TRUE(ServiceError({.code = code}).is_not_found()) << code;
  }
}

}  // namespace
}  // namespace asiaq::aws::protocol
