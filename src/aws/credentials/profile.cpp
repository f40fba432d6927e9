#include "aws/credentials/providers.h"
#include "aws/error.h"

namespace asiaq::aws::credentials {
namespace {

class FromProfile final : public Provider {
 public:
  explicit FromProfile(const Sources& sources) : sources_(sources) {}

  std::optional<Credentials> fetch() override {
    const std::string& name = sources_.profile.name;
    const auto profile = sources_.files.profile(name);
    if (!profile) {
      if (!sources_.profile.by_name) return std::nullopt;
      throw CredentialsError("there is no profile " + name + " in " + sources_.files.names());
    }
    const auto id = profile->find("aws_access_key_id");
    const auto secret = profile->find("aws_secret_access_key");
    if (id == profile->end() && secret == profile->end()) return std::nullopt;
    if (id == profile->end() || secret == profile->end()) {
      throw CredentialsError(
          "profile " + name + " in " + sources_.files.names() + " lacks " +
          (id == profile->end() ? "aws_access_key_id" : "aws_secret_access_key"));
    }
    const auto token = profile->find("aws_session_token");
    return Credentials{
        .keys = {id->second, secret->second, token == profile->end() ? "" : token->second},
        .expires = std::nullopt,
        .source = "profile " + name};
  }

 private:
  Sources sources_;
};

}  // namespace

std::unique_ptr<Provider> from_profile(const Sources& sources) {
  return std::make_unique<FromProfile>(sources);
}

}  // namespace asiaq::aws::credentials
