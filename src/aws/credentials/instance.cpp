#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "aws/instance_metadata.h"
#include "base/log.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

constexpr std::chrono::minutes kProlonged{10};
constexpr const char* kFolder = "meta-data/iam/security-credentials/";

class FromInstance final : public Provider {
 public:
  explicit FromInstance(const Sources& sources)
      : disabled_(sources.settings.metadata.disabled),
        metadata_(sources.transport, sources.settings.metadata, sources.clock),
        clock_(sources.clock) {}

  std::optional<Credentials> fetch() override {
    if (disabled_) return std::nullopt;
    try {
      const auto roles = metadata_.get(kFolder);
      if (!roles || trimmed(*roles).empty()) return nothing("this instance has no role");
      const std::string role(trimmed(split(*roles, '\n').front()));
      const auto document = metadata_.get(kFolder + role);
      if (!document) return nothing("this instance has no credentials of its role " + role);
      return prolonged(parse_json_credentials(*document, "instance role " + role));
    } catch (const ConnectionError& error) {
      // Not on an instance, or not allowed to ask: the same as no role.
      return nothing(error.reason());
    }
  }

  std::string absence() const override { return absence_; }

 private:
  std::optional<Credentials> nothing(const std::string& why) {
    absence_ = why;
    return std::nullopt;
  }

  // When AWS cannot renew what instances hold, it goes on accepting it.
  Credentials prolonged(Credentials found) const {
    if (found.expires && *found.expires <= clock_.now()) {
      log::warning("the credentials of {} have expired and are not renewed by AWS yet",
                   found.source);
      found.expires = clock_.now() + kProlonged;
    }
    return found;
  }

  bool disabled_;
  InstanceMetadata metadata_;
  Clock& clock_;
  std::string absence_;
};

}  // namespace

std::shared_ptr<Provider> from_instance(const Sources& sources) {
  return std::make_shared<FromInstance>(sources);
}

}  // namespace asiaq::aws::credentials
