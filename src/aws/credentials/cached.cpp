#include <algorithm>

#include "aws/credentials/provider.h"
#include "aws/error.h"
#include "aws/time_text.h"
#include "base/log.h"

namespace asiaq::aws::credentials {
namespace {

using namespace std::chrono_literals;

// From then on one thread renews: early enough that a failing source has time to recover, late
// enough that an instance's next credentials are there (at least five minutes before the end).
constexpr Timestamp::duration kAdvisory = 5min;
// From then on the others wait for it: a request signed now must still be good when it arrives.
constexpr Timestamp::duration kMandatory = 1min;
// A source that fails or gives the same again is not asked at each call.
constexpr Timestamp::duration kPause = 30s;

Credentials outcome_of(const std::shared_future<Credentials>& other) {
  try {
    return other.get();
  } catch (const CredentialsError& error) {
    // A copy: context is added to errors on their way up, in each thread for itself.
    throw CredentialsError(error);
  }
}

}  // namespace

Cached::Cached(std::vector<std::shared_ptr<Provider>> providers, Clock& clock)
    : providers_(std::move(providers)), clock_(clock) {}

Credentials Cached::get() {
  std::unique_lock lock(mutex_);
  const Timestamp now = clock_.now();
  if (held_ && now < renew_from_) return *held_;
  if (running_.valid()) {
    if (held_ && *held_->expires - now > kMandatory) return *held_;
    const auto other = running_;
    lock.unlock();
    return outcome_of(other);
  }
  std::promise<Credentials> for_others;
  running_ = for_others.get_future().share();
  lock.unlock();
  return renew(for_others);
}

Credentials Cached::renew(std::promise<Credentials>& for_others) {
  try {
    Credentials fetched = fetch();
    hold(fetched);
    for_others.set_value(fetched);
    return fetched;
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    running_ = {};
    const Timestamp now = clock_.now();
    if (held_ && held_->expires && now < *held_->expires) {
      log::debug("aws credentials could not be renewed yet: {}", error.what());
      renew_from_ = std::min(now + kPause, *held_->expires);
      for_others.set_value(*held_);
      return *held_;
    }
    for_others.set_exception(std::make_exception_ptr(CredentialsError(error.what())));
    throw;
  } catch (...) {
    const std::lock_guard lock(mutex_);
    running_ = {};
    for_others.set_exception(std::current_exception());
    throw;
  }
}

void Cached::hold(const Credentials& credentials) {
  const std::lock_guard lock(mutex_);
  running_ = {};
  held_ = credentials;
  const Timestamp now = clock_.now();
  renew_from_ =
      credentials.expires
          ? std::min(std::max(*credentials.expires - kAdvisory, now + kPause), *credentials.expires)
          : Timestamp::max();
}

Credentials Cached::fetch() const {
  std::string absence;
  for (const auto& provider : providers_) {
    if (auto found = provider->fetch()) {
      if (found->expires && *found->expires <= clock_.now()) {
        CredentialsError error("the credentials of " + found->source + " expired at " +
                               to_iso8601(*found->expires));
        error.set_hint("renew them there");
        throw error;
      }
      log::debug("aws credentials from {}", found->source);
      return *found;
    }
    if (const std::string reason = provider->absence(); !reason.empty())
      absence += (absence.empty() ? ": " : "; ") + reason;
  }
  CredentialsError error("there are no AWS credentials" + absence);
  error.set_hint(
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with AWS_PROFILE");
  throw error;
}

void Cached::invalidate(const std::string& access_key_id) {
  const std::lock_guard lock(mutex_);
  if (!held_ || held_->keys.access_key_id != access_key_id) return;
  std::error_code ignored;
  if (!held_->stored_in.empty()) std::filesystem::remove(held_->stored_in, ignored);
  held_.reset();
}

}  // namespace asiaq::aws::credentials
