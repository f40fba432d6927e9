#include <algorithm>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

class FromProfile final : public Provider {
 public:
  explicit FromProfile(const Sources& sources) : sources_(sources) {}

  std::optional<Credentials> fetch() override {
    const std::string& name = sources_.profile.name;
    if (!sources_.files.profile(name)) {
      if (!sources_.profile.by_name) return std::nullopt;
      throw CredentialsError("there is no profile " + name + " in " + sources_.files.names());
    }
    std::vector<std::string> path;
    return resolve(name, path);
  }

 private:
  static std::string text(const config::Section& profile, const char* option) {
    const auto found = profile.find(option);
    return found == profile.end() ? "" : found->second;
  }

  std::optional<Credentials> resolve(const std::string& name, std::vector<std::string>& path) {
    const auto profile = sources_.files.profile(name);
    if (!profile) {
      throw CredentialsError("source_profile of profile " + path.back() + ": there is no profile " +
                             name + " in " + sources_.files.names());
    }
    const bool came_back = std::find(path.begin(), path.end(), name) != path.end();
    // A role may be taken with keys of the same profile; any other way back is a circle.
    if (came_back && (path.back() != name || text(*profile, "aws_access_key_id").empty())) {
      throw CredentialsError("source_profile of profile " + path.back() +
                             " leads in a circle: " + join(path, " -> ") + " -> " + name);
    }
    path.push_back(name);
    if (!came_back && !text(*profile, "role_arn").empty()) return role(name, *profile, path);
    if (auto keys = fixed_keys(name, *profile)) return keys;
    if (const std::string command = text(*profile, "credential_process"); !command.empty()) {
      return from_process(command, name);
    }
    if (!text(*profile, "sso_account_id").empty() || !text(*profile, "sso_session").empty()) {
      return sign_on(name, *profile);
    }
    return std::nullopt;
  }

  std::optional<Credentials> fixed_keys(const std::string& name,
                                        const config::Section& profile) const {
    const std::string id = text(profile, "aws_access_key_id");
    const std::string secret = text(profile, "aws_secret_access_key");
    if (id.empty() && secret.empty()) return std::nullopt;
    if (id.empty() || secret.empty()) {
      throw CredentialsError("profile " + name + " in " + sources_.files.names() + " lacks " +
                             (id.empty() ? "aws_access_key_id" : "aws_secret_access_key"));
    }
    return Credentials{.keys = {id, secret, text(profile, "aws_session_token")},
                       .expires = std::nullopt,
                       .source = "profile " + name};
  }

  std::optional<Credentials> role(const std::string& name, const config::Section& profile,
                                  std::vector<std::string>& path) {
    const std::string arn = text(profile, "role_arn");
    if (const std::string file = text(profile, "web_identity_token_file"); !file.empty()) {
      return assume_with_web_identity(sources_,
                                      {.role_arn = arn,
                                       .token_file = file,
                                       .session_name = text(profile, "role_session_name")});
    }
    Role role{.arn = arn,
              .session_name = text(profile, "role_session_name"),
              .external_id = text(profile, "external_id"),
              .mfa_serial = text(profile, "mfa_serial"),
              .duration_seconds = std::nullopt,
              .profile = name};
    if (const std::string duration = text(profile, "duration_seconds"); !duration.empty()) {
      const auto seconds = parse_integer(duration);
      if (!seconds || *seconds < 900 || *seconds > 43200) {
        throw CredentialsError("duration_seconds of profile " + name + " is '" + duration +
                               "', not a number from 900 to 43200");
      }
      role.duration_seconds = static_cast<int>(*seconds);
    }
    return assume_role(sources_, source_of(name, profile, path), role);
  }

  Credentials source_of(const std::string& name, const config::Section& profile,
                        std::vector<std::string>& path) {
    const std::string source = text(profile, "source_profile");
    const std::string place = text(profile, "credential_source");
    if (source.empty() == place.empty()) {
      throw CredentialsError("profile " + name + " has role_arn with " +
                             (source.empty() ? "neither" : "both") + " source_profile " +
                             (source.empty() ? "nor" : "and") + " credential_source");
    }
    std::optional<Credentials> found;
    if (!source.empty()) {
      found = resolve(source, path);
    } else if (place == "Environment") {
      found = from_environment(sources_)->fetch();
    } else if (place == "Ec2InstanceMetadata") {
      found = from_instance(sources_)->fetch();
    } else if (place == "EcsContainer") {
      found = from_container(sources_)->fetch();
    } else {
      throw CredentialsError("credential_source of profile " + name + " is '" + place +
                             "', none of Environment, Ec2InstanceMetadata, EcsContainer");
    }
    if (!found) {
      throw CredentialsError("profile " + name + " takes its role with credentials of " +
                             (source.empty() ? place : "profile " + source) + ", which has none");
    }
    return *found;
  }

  Credentials sign_on(const std::string& name, const config::Section& profile) const {
    SignOn wanted{.session = text(profile, "sso_session"),
                  .start_url = text(profile, "sso_start_url"),
                  .region = text(profile, "sso_region"),
                  .account_id = text(profile, "sso_account_id"),
                  .role_name = text(profile, "sso_role_name"),
                  .profile = name};
    if (!wanted.session.empty()) {
      const auto session = sources_.files.section("sso-session " + wanted.session);
      if (!session) {
        throw CredentialsError("profile " + name + " names a section [sso-session " +
                               wanted.session + "] that is not there");
      }
      wanted.start_url = text(*session, "sso_start_url");
      wanted.region = text(*session, "sso_region");
    }
    for (const auto& [option, value] :
         {std::pair{"sso_start_url", &wanted.start_url}, std::pair{"sso_region", &wanted.region},
          std::pair{"sso_account_id", &wanted.account_id},
          std::pair{"sso_role_name", &wanted.role_name}}) {
      if (value->empty()) throw CredentialsError("profile " + name + " lacks " + option);
    }
    return from_single_sign_on(sources_, wanted);
  }

  Sources sources_;
};

}  // namespace

std::shared_ptr<Provider> from_profile(const Sources& sources) {
  return std::make_shared<FromProfile>(sources);
}

}  // namespace asiaq::aws::credentials
