#include <nlohmann/json.hpp>

#include "aws/credentials/providers.h"
#include "aws/encoding.h"
#include "aws/sso_oidc/client.h"
#include "aws/time_text.h"
#include "base/atomic_file.h"
#include "base/log.h"

namespace asiaq::aws::credentials {
namespace {

using namespace std::chrono_literals;

constexpr auto kRenewAhead = 15min;

// The file that `aws sso login` writes: {"accessToken": …, "expiresAt": …} and, for an sso-session,
// what is needed to renew the token.
class SignOnToken {
 public:
  SignOnToken(const Sources& sources, const SignOn& sign_on)
      : sources_(sources),
        sign_on_(sign_on),
        file_(
            sources.environment.home / ".aws" / "sso" / "cache" /
            (hex(sha1(sign_on.session.empty() ? sign_on.start_url : sign_on.session)) + ".json")) {}

  std::string get() {
    load();
    if (left() < kRenewAhead && may_be_renewed()) renew();
    if (text("accessToken").empty()) fail("there is no sign-on in " + file_.string());
    if (left() <= 0s) {
      fail("the sign-on in " + file_.string() +
           (expires_ ? " expired at " + to_iso8601(*expires_) : " says not when it expires"));
    }
    return text("accessToken");
  }

 private:
  void load() {
    const auto content = read_file(file_);
    if (!content) fail("there is no sign-on: " + file_.string() + " does not exist");
    json_ = nlohmann::json::parse(*content, nullptr, false);
    if (!json_.is_object()) fail("the sign-on in " + file_.string() + " is broken");
    expires_ = time("expiresAt");
  }

  [[noreturn]] void fail(const std::string& what) const {
    CredentialsError error(what);
    error.set_hint("run: aws sso login --profile " + sign_on_.origin.profile);
    throw error;
  }

  std::string text(const char* name) const {
    const auto found = json_.find(name);
    return found != json_.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  std::optional<Timestamp> time(const char* name) const {
    std::string value = text(name);
    if (value.ends_with("UTC")) value.replace(value.size() - 3, 3, "Z");
    return parse_time(value);
  }

  Timestamp::duration left() const {
    return expires_ ? *expires_ - sources_.clock.now() : Timestamp::duration::zero();
  }

  // Not in the older form, and only while the CLI is registered.
  bool may_be_renewed() const {
    if (sign_on_.session.empty()) return false;
    for (const char* name : {"refreshToken", "clientId", "clientSecret"}) {
      if (text(name).empty()) return false;
    }
    const auto registered_until = time("registrationExpiresAt");
    return registered_until && *registered_until > sources_.clock.now();
  }

  void renew() {
    try {
      Session session = session_with(sources_, {}, sign_on_.region);
      const auto answer =
          sso_oidc::Client(session).create_token({.client_id = text("clientId"),
                                                  .client_secret = text("clientSecret"),
                                                  .grant_type = "refresh_token",
                                                  .refresh_token = text("refreshToken")});
      if (!answer.access_token) throw CredentialsError("the sign-on service gave no token");
      json_["accessToken"] = *answer.access_token;
      expires_ = std::chrono::floor<std::chrono::seconds>(sources_.clock.now()) +
                 std::chrono::seconds(answer.expires_in.value_or(0));
      json_["expiresAt"] = to_iso8601(*expires_);
      if (answer.refresh_token) json_["refreshToken"] = *answer.refresh_token;
      json_["startUrl"] = sign_on_.start_url;
      json_["region"] = sign_on_.region;
      keep();
    } catch (const Error& error) {
      // Another run may have been faster: its token is there now.
      log::debug("the sign-on was not renewed: {}", error.what());
      load();
    }
  }

  void keep() const {
    try {
      write_atomically(file_, json_.dump(), {.mode = 0600});
    } catch (const Error& error) {
      log::warning("the renewed sign-on is not kept for the next run: {}", error.what());
    }
  }

  const Sources& sources_;
  const SignOn& sign_on_;
  std::filesystem::path file_;
  nlohmann::json json_;
  std::optional<Timestamp> expires_;
};

}  // namespace

std::string access_token(const Sources& sources, const SignOn& sign_on) {
  return SignOnToken(sources, sign_on).get();
}

}  // namespace asiaq::aws::credentials
