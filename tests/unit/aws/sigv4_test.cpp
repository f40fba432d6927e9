#include "aws/sign/sigv4.h"

#include <gtest/gtest.h>

#include "aws/encoding.h"
#include "aws/error.h"

namespace asiaq::aws::sign {
namespace {

using namespace std::chrono_literals;

const Keys kKeys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const Timestamp kTime = Timestamp(std::chrono::seconds(1440938160));
const Options kS3{.path = Options::Path::as_is,
                  .encoding = Options::Encoding::once,
                  .body_header = Options::BodyHeader::present};

http::Request get(std::string path) {
  http::Request request;
  request.method = "GET";
  request.host = "example.amazonaws.com";
  request.path = std::move(path);
  return request;
}

std::string canonical_path(const std::string& path, const Options& options) {
  http::Request request = get(path);
  const std::string text =
      sign_headers(request, kKeys, {"us-east-1", "s3", kTime}, options).canonical_request;
  const std::size_t start = text.find('\n') + 1;
  return text.substr(start, text.find('\n', start) - start);
}

TEST(Sigv4ForS3, LeavesThePathAlone) {
  EXPECT_EQ(canonical_path("/a//b/../c%20d/", kS3), "/a//b/../c%20d/");
  EXPECT_EQ(canonical_path("/a//b/../c%20d/", {}), "/a/c%2520d/");
}

TEST(Sigv4ForS3, SendsAndSignsTheDigestOfTheBody) {
  http::Request request = get("/k");
  request.body = "abc";
  const Stages stages = sign_headers(request, kKeys, {"us-east-1", "s3", kTime}, kS3);
  const std::string digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(request.headers.get("x-amz-content-sha256"), digest);
  EXPECT_NE(stages.canonical_request.find("x-amz-content-sha256:" + digest), std::string::npos);
}

TEST(Sigv4, IsTheSameWhenARequestIsSignedAgain) {
  http::Request once = get("/");
  const Stages first = sign_headers(once, kKeys, {"us-east-1", "service", kTime}, {});
  const Stages second = sign_headers(once, kKeys, {"us-east-1", "service", kTime}, {});
  EXPECT_EQ(first.canonical_request, second.canonical_request);
}

TEST(Sigv4, DerivesANewKeyAfterMidnightUtc) {
  http::Request request = get("/");
  const Stages before =
      sign_headers(request, kKeys, {"us-east-1", "service", Timestamp(1440979199s)}, {});
  const Stages after =
      sign_headers(request, kKeys, {"us-east-1", "service", Timestamp(1440979200s)}, {});
  EXPECT_NE(before.string_to_sign.find("20150830/"), std::string::npos);
  EXPECT_NE(after.string_to_sign.find("20150831/"), std::string::npos);
  const Stages again =
      sign_headers(request, kKeys, {"us-east-1", "service", Timestamp(1440979199s)}, {});
  EXPECT_EQ(before.signature, again.signature);
}

TEST(Sigv4, SortsTheQueryByItsEncodedForm) {
  http::Request request = get("/");
  request.query = {{"b", "1"}, {"a b", "2"}, {"a", "3"}, {"a", std::nullopt}, {"a+", "4"}};
  const std::string text =
      sign_headers(request, kKeys, {"us-east-1", "service", kTime}, {}).canonical_request;
  EXPECT_NE(text.find("\na=&a=3&a%20b=2&a%2B=4&b=1\n"), std::string::npos) << text;
}

TEST(Sigv4, DoesNotSignWhatProxiesChange) {
  http::Request request = get("/");
  request.headers.set("User-Agent", "asiaq");
  request.headers.set("X-Amzn-Trace-Id", "t");
  request.headers.set("Transfer-Encoding", "chunked");
  sign_headers(request, kKeys, {"us-east-1", "service", kTime}, {});
  EXPECT_NE(request.headers.get("Authorization").find("SignedHeaders=host;x-amz-date,"),
            std::string::npos);
}

TEST(Sigv4, SignsTheSessionToken) {
  http::Request request = get("/");
  Keys keys = kKeys;
  keys.session_token = "token";
  sign_headers(request, keys, {"us-east-1", "service", kTime}, {});
  EXPECT_EQ(request.headers.get("X-Amz-Security-Token"), "token");
  EXPECT_NE(request.headers.get("Authorization").find("x-amz-security-token"), std::string::npos);
}

// The examples of docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
// …/sigv4-query-string-auth.html.
const Keys kS3Keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const Timestamp kS3Time = Timestamp(std::chrono::seconds(1369353600));

http::Request s3_example(std::string method, std::string path,
                         std::vector<http::QueryItem> query = {}) {
  http::Request request;
  request.method = std::move(method);
  request.host = "examplebucket.s3.amazonaws.com";
  request.path = std::move(path);
  request.query = std::move(query);
  return request;
}

struct S3ExampleRow {
  std::string name;
  http::Request request;
  std::string signature;
};
class S3Example : public testing::TestWithParam<S3ExampleRow> {};

TEST_P(S3Example, HasTheSignatureOfTheManual) {
  http::Request request = GetParam().request;
  EXPECT_EQ(sign_headers(request, kS3Keys, {"us-east-1", "s3", kS3Time}, kS3).signature,
            GetParam().signature);
}

http::Request ranged() {
  http::Request request = s3_example("GET", "/test.txt");
  request.headers.set("Range", "bytes=0-9");
  return request;
}

http::Request uploaded() {
  http::Request request = s3_example("PUT", "/test%24file.text");
  request.headers.set("Date", "Fri, 24 May 2013 00:00:00 GMT");
  request.headers.set("x-amz-storage-class", "REDUCED_REDUNDANCY");
  request.body = "Welcome to Amazon S3.";
  return request;
}

INSTANTIATE_TEST_SUITE_P(
    Table, S3Example,
    testing::Values(
        S3ExampleRow{"Get", ranged(),
                     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        S3ExampleRow{"Put", uploaded(),
                     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        S3ExampleRow{"NameWithoutValue", s3_example("GET", "/", {{"lifecycle", std::nullopt}}),
                     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        S3ExampleRow{"List", s3_example("GET", "/", {{"max-keys", "2"}, {"prefix", "J"}}),
                     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"}),
    [](const auto& row) { return row.param.name; });

TEST(Presigning, HasTheSignatureOfTheManual) {
  http::Request request = s3_example("GET", "/test.txt");
  Options options = kS3;
  options.body_in_presigned = Options::PresignedBody::any;
  presign(request, kS3Keys, {"us-east-1", "s3", kS3Time}, options, 86400s);
  EXPECT_EQ(http::url_text(request),
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-SignedHeaders=host&X-Amz-Expires=86400"
            "&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

struct KeyRow {
  std::string name, key, path;
};
class S3Key : public testing::TestWithParam<KeyRow> {};

TEST_P(S3Key, IsSignedAsItIsSent) {
  http::Request request = get("/" + percent_encode(GetParam().key, Slash::keep));
  const std::string text =
      sign_headers(request, kKeys, {"us-east-1", "s3", kTime}, kS3).canonical_request;
  EXPECT_EQ(request.path, GetParam().path);
  EXPECT_TRUE(text.starts_with("GET\n" + GetParam().path + "\n\n")) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, S3Key,
    testing::Values(KeyRow{"Plus", "a+b", "/a%2Bb"}, KeyRow{"Percent", "100%", "/100%25"},
                    KeyRow{"Encoded", "a%20b", "/a%2520b"}, KeyRow{"Tilde", "~user", "/~user"},
                    KeyRow{"Star", "*", "/%2A"}, KeyRow{"Slashes", "a//b/", "/a//b/"},
                    KeyRow{"Dots", "a/../b/./c", "/a/../b/./c"}, KeyRow{"Blank", "a b", "/a%20b"},
                    KeyRow{"Umlaut", "\u00fc/\u4e2d", "/%C3%BC/%E4%B8%AD"},
                    KeyRow{"Question", "a?b=c&d#e", "/a%3Fb%3Dc%26d%23e"}),
    [](const auto& row) { return row.param.name; });

struct QueryRow {
  std::string name;
  std::vector<http::QueryItem> query;
  std::string canonical;
};
class CanonicalQuery : public testing::TestWithParam<QueryRow> {};

TEST_P(CanonicalQuery, IsSortedByItsEncodedBytes) {
  http::Request request = get("/");
  request.query = GetParam().query;
  const std::string text =
      sign_headers(request, kKeys, {"us-east-1", "s3", kTime}, kS3).canonical_request;
  EXPECT_TRUE(text.starts_with("GET\n/\n" + GetParam().canonical + "\n")) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, CanonicalQuery,
    testing::Values(QueryRow{"EmptyValue", {{"b", ""}, {"a", std::nullopt}}, "a=&b="},
                    QueryRow{"UpperBeforeLower", {{"a", "1"}, {"B", "2"}}, "B=2&a=1"},
                    QueryRow{
                        "ValuesOfOneName", {{"a", "2"}, {"a", "10"}, {"a", "1"}}, "a=1&a=10&a=2"},
                    // ':' comes behind '-', but "%3A" before it.
                    QueryRow{"EncodedNotPlain", {{"a-", "1"}, {"a:", "2"}}, "a%3A=2&a-=1"},
                    QueryRow{"NonAscii", {{"\u00e9", "1"}, {"z", "2"}}, "%C3%A9=1&z=2"},
                    QueryRow{"Signs", {{"k", "a b+c/d%e*f~g"}}, "k=a%20b%2Bc%2Fd%25e%2Af~g"}),
    [](const auto& row) { return row.param.name; });

TEST(Sigv4ForS3, SignsThatTheBodyIsNotSigned) {
  http::Request request = get("/k");
  request.headers.set("X-Amz-Content-SHA256", std::string(kUnsignedPayload));
  const std::string text =
      sign_headers(request, kKeys, {"us-east-1", "s3", kTime}, kS3).canonical_request;
  EXPECT_TRUE(text.ends_with("\nUNSIGNED-PAYLOAD")) << text;
  EXPECT_NE(text.find("x-amz-content-sha256:UNSIGNED-PAYLOAD\n"), std::string::npos) << text;
}

TEST(Presigning, TakesTheTokenIntoTheQueryAndSignsIt) {
  Keys keys = kKeys;
  keys.session_token = "to/ken";
  http::Request request = get("/k");
  const Stages stages = presign(request, keys, {"us-east-1", "service", kTime}, {}, 60s);
  EXPECT_NE(stages.canonical_request.find("X-Amz-Security-Token=to%2Fken"), std::string::npos);
  EXPECT_NE(http::url_text(request).find("X-Amz-Security-Token=to%2Fken"), std::string::npos);
}

TEST(Presigning, RefusesLifetimesThatAwsRefuses) {
  for (const std::chrono::seconds lifetime : {0s, -1s, 604801s}) {
    http::Request request = get("/k");
    EXPECT_THROW(presign(request, kKeys, {"us-east-1", "s3", kTime}, kS3, lifetime), RequestError)
        << lifetime.count();
  }
  http::Request request = get("/k");
  EXPECT_NO_THROW(presign(request, kKeys, {"us-east-1", "s3", kTime}, kS3, 604800s));
}

TEST(Presigning, RefusesAUrlThatIsSigned) {
  http::Request request = get("/k");
  presign(request, kKeys, {"us-east-1", "s3", kTime}, kS3, 60s);
  EXPECT_THROW(presign(request, kKeys, {"us-east-1", "s3", kTime}, kS3, 60s), RequestError);
}

TEST(Presigning, PutsEverythingIntoTheQuery) {
  http::Request request = get("/k");
  presign(request, kKeys, {"us-east-1", "s3", kTime}, kS3, 3600s);
  const std::string url = http::url_text(request);
  EXPECT_NE(url.find("X-Amz-Expires=3600"), std::string::npos);
  EXPECT_NE(url.find("X-Amz-Signature="), std::string::npos);
  EXPECT_EQ(request.headers.find("Authorization"), nullptr);
}

}  // namespace
}  // namespace asiaq::aws::sign
