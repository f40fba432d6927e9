#include "instance/metadata.h"

#include <gmock/gmock.h>

#include "aws/error.h"
#include "base/error.h"

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

Metadata metadata(const std::string& endpoint) {
  return Metadata(
      std::make_unique<FakeService>(), {.variable = [endpoint](const std::string& name) {
        return name == "AWS_EC2_METADATA_SERVICE_ENDPOINT" ? std::optional(endpoint) : std::nullopt;
      }});
}

TEST(Metadata, UsesATokenAndTheEndpointOfTheEnvironment) {
  auto service = metadata("http://127.0.0.1:1338");
  EXPECT_EQ(service.instance_id(), "i-1");
  EXPECT_EQ(service.vpc_id(), "vpc-1");
}

TEST(Metadata, TellsNoUserDataFromTrouble) {
  auto service = metadata("http://127.0.0.1:1338/");
  EXPECT_EQ(service.user_data(), "");
  EXPECT_EQ(service.find("meta-data/nothing"), std::nullopt);
  EXPECT_THROW(service.get("meta-data/nothing"), Error);
  EXPECT_THROW(service.find("broken"), Error);
  EXPECT_THROW(metadata("http://127.0.0.1:9").find("user-data"), Error);
  EXPECT_THROW(metadata("nonsense"), ConfigError);
}

}  // namespace
}  // namespace asiaq::instance
