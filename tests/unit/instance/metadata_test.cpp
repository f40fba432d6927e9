#include "instance/metadata.h"

#include <gmock/gmock.h>

#include "aws/error.h"
#include "aws/http/transport.h"
#include "base/error.h"
#include "support/fake_clock.h"

namespace asiaq::instance {
namespace {

/// A metadata service of version 2, which answers nobody without a token.
class FakeService final : public aws::http::Transport {
 public:
  aws::http::Response send(const aws::http::Request& request, const aws::http::Limits&,
                           aws::http::Resend) override {
    if (request.host != "127.0.0.1:1338")
      throw aws::ConnectionError("refused", aws::ConnectionError::Sent::no);
    if (request.method == "PUT") return {.status = 200, .body = "secret"};
    if (request.headers.get("X-aws-ec2-metadata-token") != "secret") return {.status = 401};
    if (request.path == "/latest/meta-data/instance-id") return {.status = 200, .body = "i-1"};
    if (request.path == "/latest/meta-data/mac") return {.status = 200, .body = "02:00"};
    if (request.path == "/latest/meta-data/network/interfaces/macs/02:00/vpc-id") {
      return {.status = 200, .body = "vpc-1"};
    }
    return {.status = request.path == "/latest/broken" ? 500 : 404};
  }
};

class HostMetadata : public testing::Test {
 protected:
  Metadata at(const std::string& endpoint) {
    return Metadata(std::make_shared<FakeService>(), {.endpoint = endpoint}, clock);
  }
  FakeClock clock;
};

TEST_F(HostMetadata, IsAskedWithAToken) {
  auto service = at("http://127.0.0.1:1338");
  EXPECT_EQ(service.instance_id(), "i-1");
  EXPECT_EQ(service.vpc_id(), "vpc-1");
}

TEST_F(HostMetadata, TellsNoUserDataFromTrouble) {
  auto service = at("http://127.0.0.1:1338");
  EXPECT_EQ(service.user_data(), "");
  EXPECT_EQ(service.find("meta-data/nothing"), std::nullopt);
  EXPECT_THROW(service.get("meta-data/nothing"), Error);
  EXPECT_THROW(service.find("broken"), Error);
}

TEST_F(HostMetadata, SaysWhereItIsNotFound) {
  auto service = at("http://127.0.0.1:9");
  try {
    service.instance_id();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "Metadata");
    EXPECT_THAT(error.what(), testing::HasSubstr("hosts in EC2"));
  }
}

}  // namespace
}  // namespace asiaq::instance
