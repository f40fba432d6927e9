#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "aws/instance_metadata.h"
#include "base/log.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

constexpr const char* kFolder = "meta-data/iam/security-credentials/";

class FromInstance final : public Provider {
 public:
  explicit FromInstance(const Sources& sources)
      : disabled_(sources.settings.metadata_disabled),
        metadata_(sources.transport, InstanceMetadata::options_from(sources.environment),
                  sources.clock) {}

  std::optional<Credentials> fetch() override {
    if (disabled_) return std::nullopt;
    try {
      const auto roles = metadata_.get(kFolder);
      if (!roles || trimmed(*roles).empty()) return std::nullopt;
      const std::string role(trimmed(split(*roles, '\n').front()));
      const auto document = metadata_.get(kFolder + role);
      if (!document) return std::nullopt;
      return parse_json_credentials(*document, "instance role " + role);
    } catch (const ConnectionError& error) {
      // Not on an instance, or not allowed to ask: the same as no role.
      log::debug("no credentials from instance metadata: {}", error.what());
      return std::nullopt;
    }
  }

 private:
  bool disabled_;
  InstanceMetadata metadata_;
};

}  // namespace

std::shared_ptr<Provider> from_instance(const Sources& sources) {
  return std::make_shared<FromInstance>(sources);
}

}  // namespace asiaq::aws::credentials
