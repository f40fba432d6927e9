#include "aws/session.h"

#include "aws/instance_metadata.h"
#include "aws/session_parts.h"
#include "base/log.h"

namespace asiaq::aws {

Timestamp::duration ClockSkews::of(const std::string& host) const {
  const std::lock_guard lock(mutex_);
  const auto found = skews_.find(host);
  return found == skews_.end() ? Timestamp::duration::zero() : found->second;
}

void ClockSkews::set(const std::string& host, Timestamp::duration skew) {
  const std::lock_guard lock(mutex_);
  skews_[host] = skew;
}

namespace {

config::Settings with_endpoint(config::Settings settings, const std::optional<std::string>& url) {
  if (url) settings.endpoints = {{"", *url}};
  return settings;
}

}  // namespace

SessionParts::SessionParts(SessionOptions options)
    : access(options.access),
      environment(options.environment ? *options.environment : Environment::of_process()),
      clock(options.clock != nullptr ? *options.clock : system_clock()),
      files(options.files ? options.files
                          : std::make_shared<const config::SharedFiles>(environment)),
      profile(config::choose_profile(environment, options.profile)),
      settings(with_endpoint(config::read_settings(environment, *files, profile, options.region),
                             options.endpoint)),
      transport(options.transport ? options.transport
                                  : http::make_curl_transport({.ca_bundle = settings.ca_bundle})),
      credentials(chain(options), clock) {
  if (!options.provider && profile.by_name && environment.get("AWS_ACCESS_KEY_ID")) {
    log::debug("AWS_ACCESS_KEY_ID is set: it wins over profile {}", profile.name);
  }
}

std::vector<std::shared_ptr<credentials::Provider>> SessionParts::chain(
    const SessionOptions& options) {
  if (options.provider) return {options.provider};
  return credentials::default_chain({.environment = environment,
                                     .files = files,
                                     .profile = profile,
                                     .settings = settings,
                                     .transport = transport,
                                     .clock = clock});
}

Session::Session(SessionOptions options)
    : parts_(std::make_unique<SessionParts>(std::move(options))) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Session Session::open(SessionOptions options) { return Session(std::move(options)); }

const std::string& Session::region() const {
  std::call_once(parts_->region_once, [&] {
    if (!parts_->settings.region && !parts_->settings.metadata.disabled) {
      try {
        parts_->settings.region =
            InstanceMetadata(parts_->transport, parts_->settings.metadata, parts_->clock).region();
      } catch (const ConnectionError& error) {
        log::debug("no region from instance metadata: {}", error.what());
      }
    }
    if (!parts_->settings.region) {
      CredentialsError error("no AWS region is set");
      error.set_hint("set AWS_REGION, or region in the profile");
      throw error;
    }
    parts_->region = *parts_->settings.region;
  });
  return parts_->region;
}

Access Session::access() const { return parts_->access; }
const CallStatistics& Session::calls() const { return parts_->statistics; }
std::string Session::identity_source() const { return parts_->credentials.get().source; }

}  // namespace asiaq::aws
