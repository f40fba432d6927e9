#include "aws/credentials/provider.h"
#include "aws/error.h"
#include "base/log.h"

namespace asiaq::aws::credentials {
namespace {

using namespace std::chrono_literals;

// Early enough that a request signed now is still good when it arrives, and that a failing refresh
// has time to recover.
constexpr auto kRefreshAhead = 5min;
constexpr auto kNeeded = 30s;

}  // namespace

Cached::Cached(std::vector<std::shared_ptr<Provider>> providers, Clock& clock)
    : providers_(std::move(providers)), clock_(clock) {}

Credentials Cached::get() {
  const std::lock_guard lock(mutex_);
  const Timestamp now = clock_.now();
  if (held_ && (!held_->expires || *held_->expires - now > kRefreshAhead)) return *held_;
  try {
    for (const auto& provider : providers_) {
      if (auto found = provider->fetch()) {
        log::debug("aws credentials from {}", found->source);
        held_ = std::move(found);
        return *held_;
      }
    }
  } catch (const Error& error) {
    if (!held_ || *held_->expires - now < kNeeded) throw;
    log::debug("aws credentials could not be refreshed yet: {}", error.what());
    return *held_;
  }
  CredentialsError error("there are no AWS credentials");
  error.set_hint(
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with AWS_PROFILE");
  throw error;
}

void Cached::invalidate(const std::string& access_key_id) {
  const std::lock_guard lock(mutex_);
  if (held_ && held_->keys.access_key_id == access_key_id) held_.reset();
}

}  // namespace asiaq::aws::credentials
