#include "aws/sign/sigv4.h"

#include <gtest/gtest.h>

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
