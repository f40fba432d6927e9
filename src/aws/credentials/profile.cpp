#include <algorithm>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

using config::Section;
using config::Setting;

// One profile and what it says about getting credentials.
class Profile {
 public:
  Profile(std::string name, Section section)
      : name_(std::move(name)), section_(std::move(section)) {}

  const std::string& name() const { return name_; }
  bool has(const char* option) const { return section_.find(option) != nullptr; }
  std::string get(const char* option) const { return section_.get(option); }
  const std::string& file_of(const char* option) const { return section_.place_of(option).file; }

  const config::Place& place_of_keys() const { return section_.place_of("aws_access_key_id"); }

  Origin origin(const char* option) const { return {name_, section_.place_of(option)}; }
  CredentialsError error(const char* option, const std::string& what) const {
    return config::error_at(section_.place_of(option), "profile " + name_ + " " + what);
  }

  /// Key and secret from one file: halves of two files are not a pair.
  std::optional<Credentials> keys() const {
    if (!has("aws_access_key_id") && !has("aws_secret_access_key")) return std::nullopt;
    const std::string& file = file_of("aws_access_key_id");
    for (const auto& [half, other] : {std::pair{"aws_access_key_id", "aws_secret_access_key"},
                                      std::pair{"aws_secret_access_key", "aws_access_key_id"}}) {
      if (has(half) && !(has(other) && file_of(other) == file_of(half))) {
        throw error(half, "has " + std::string(half) + " without " + other + " beside it");
      }
    }
    std::string token;
    for (const char* option : {"aws_security_token", "aws_session_token"}) {
      if (has(option) && file_of(option) == file) token = get(option);
    }
    return Credentials{.keys = {get("aws_access_key_id"), get("aws_secret_access_key"), token},
                       .expires = std::nullopt,
                       .source = "profile " + name_ + " in " + file,
                       .stored_in = {}};
  }

  std::optional<int> role_duration() const {
    if (!has("duration_seconds")) return std::nullopt;
    const auto seconds = parse_integer(get("duration_seconds"));
    if (!seconds || *seconds < 900 || *seconds > 43200) {
      throw error("duration_seconds", "has duration_seconds '" + get("duration_seconds") +
                                          "', not a number from 900 to 43200");
    }
    return static_cast<int>(*seconds);
  }

 private:
  std::string name_;
  Section section_;
};

SignOn sign_on_of(const Profile& profile, const config::SharedFiles& files) {
  SignOn wanted{
      .session = profile.get("sso_session"),
      .start_url = profile.get("sso_start_url"),
      .region = profile.get("sso_region"),
      .account_id = profile.get("sso_account_id"),
      .role_name = profile.get("sso_role_name"),
      .origin = profile.origin(profile.has("sso_session") ? "sso_session" : "sso_account_id")};
  if (!wanted.session.empty()) {
    const auto session = files.section("sso-session " + wanted.session);
    if (!session) {
      throw profile.error("sso_session",
                          "names a section [sso-session " + wanted.session + "] that is not there");
    }
    for (const auto& [option, value] :
         {std::pair{"sso_start_url", &wanted.start_url}, std::pair{"sso_region", &wanted.region}}) {
      const Setting* shared = session->find(option);
      if (shared == nullptr)
        throw config::error_at(session->place,
                               "[sso-session " + wanted.session + "] lacks " + option);
      if (!value->empty() && *value != shared->value) {
        throw profile.error(option, "has another " + std::string(option) +
                                        " than its section [sso-session " + wanted.session + "]");
      }
      *value = shared->value;
    }
  }
  for (const auto& [option, value] :
       {std::pair{"sso_start_url", &wanted.start_url}, std::pair{"sso_region", &wanted.region},
        std::pair{"sso_account_id", &wanted.account_id},
        std::pair{"sso_role_name", &wanted.role_name}}) {
    if (value->empty()) throw profile.error(option, "lacks " + std::string(option));
  }
  return wanted;
}

class FromProfile final : public Provider {
 public:
  explicit FromProfile(const Sources& sources) : sources_(sources) {}

  std::optional<Credentials> fetch() override {
    const std::string& name = sources_.profile.name;
    if (!sources_.files->profile(name)) {
      if (!sources_.profile.by_name) return std::nullopt;
      throw CredentialsError(sources_.files->no_profile(name));
    }
    auto found = resolve(name, {});
    if (!found) {
      const Profile profile(name, *sources_.files->profile(name));
      absence_ = profile.origin("").text() + " says nothing about them";
    }
    return found;
  }

  std::string absence() const override { return absence_; }

 private:
  // In the order of the AWS CLI. `path`: the profiles that led here by source_profile.
  std::optional<Credentials> resolve(const std::string& name, std::vector<std::string> path) {
    const Profile profile(name, *sources_.files->profile(name));
    const bool came_back = !path.empty() && path.back() == name;
    path.push_back(name);
    if (profile.has("role_arn") && !came_back) return role(profile, path);
    if (profile.has("web_identity_token_file") && !came_back)
      throw profile.error("web_identity_token_file",
                          "has web_identity_token_file without role_arn");
    if (profile.has("sso_session") || profile.has("sso_account_id"))
      return from_single_sign_on(sources_, sign_on_of(profile, *sources_.files));
    const bool has_program = profile.has("credential_process");
    // The CLI looks for keys in the credentials file, then for a program, then in the config file.
    if (!has_program || sources_.files->in_credentials_file(profile.place_of_keys())) {
      if (auto keys = profile.keys()) return keys;
    }
    if (has_program) {
      return from_process(profile.get("credential_process"), profile.origin("credential_process"));
    }
    if (profile.has("login_session")) {
      throw with_hint(
          profile.error("login_session", "signs on with aws login, which only the AWS CLI can use"),
          "name another profile with credential_process = aws configure export-credentials "
          "--profile " +
              name);
    }
    return std::nullopt;
  }

  Credentials role(const Profile& profile, const std::vector<std::string>& path) {
    if (profile.has("web_identity_token_file")) {
      return assume_with_web_identity(sources_,
                                      {.role_arn = profile.get("role_arn"),
                                       .token_file = profile.get("web_identity_token_file"),
                                       .session_name = profile.get("role_session_name"),
                                       .origin = profile.origin("role_arn")});
    }
    return assume_role(sources_, source_of(profile, path),
                       {.arn = profile.get("role_arn"),
                        .session_name = profile.get("role_session_name"),
                        .external_id = profile.get("external_id"),
                        .mfa_serial = profile.get("mfa_serial"),
                        .duration_seconds = profile.role_duration(),
                        .origin = profile.origin("role_arn")});
  }

  // Looks at what is written now, and for the credentials when they are needed.
  std::function<Credentials()> source_of(const Profile& profile,
                                         const std::vector<std::string>& path) {
    const bool by_profile = profile.has("source_profile");
    if (by_profile == profile.has("credential_source")) {
      throw profile.error(
          "role_arn", std::string("has role_arn with ") +
                          (by_profile ? "both source_profile and" : "neither source_profile nor") +
                          " credential_source");
    }
    const char* option = by_profile ? "source_profile" : "credential_source";
    if (by_profile) {
      check_source(profile, path);
    } else if (place_named(profile.get(option)) == nullptr) {
      throw profile.error(option, "has credential_source '" + profile.get(option) +
                                      "', none of Environment, Ec2InstanceMetadata, EcsContainer");
    }
    return [this, profile, path, by_profile, option] {
      const auto found = by_profile ? resolve(profile.get(option), path)
                                    : place_named(profile.get(option))->fetch();
      if (!found) {
        throw profile.error(option, "takes its role with credentials of " +
                                        std::string(by_profile ? "profile " : "") +
                                        profile.get(option) + ", which has none");
      }
      return *found;
    };
  }

  void check_source(const Profile& profile, const std::vector<std::string>& path) const {
    const std::string source = profile.get("source_profile");
    const auto section = sources_.files->profile(source);
    if (!section) {
      throw with_hint(profile.error("source_profile",
                                    "has source_profile " + source + ": there is no such profile"),
                      sources_.files->no_profile(source).hint());
    }
    // A role may be taken with keys of the same profile; any other way back is a circle.
    const bool with_own_keys =
        source == profile.name() && section->find("aws_access_key_id") != nullptr;
    if (!with_own_keys && std::find(path.begin(), path.end(), source) != path.end()) {
      throw profile.error("source_profile", "leads by source_profile in a circle: " +
                                                join(path, " -> ") + " -> " + source);
    }
  }

  std::shared_ptr<Provider> place_named(const std::string& name) const {
    if (name == "Environment") return from_environment(sources_);
    if (name == "Ec2InstanceMetadata") return from_instance(sources_);
    if (name == "EcsContainer") return from_container(sources_);
    return nullptr;
  }

  Sources sources_;
  std::string absence_;
};

}  // namespace

std::shared_ptr<Provider> from_profile(const Sources& sources) {
  return std::make_shared<FromProfile>(sources);
}

}  // namespace asiaq::aws::credentials
