#include "aws/call.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "aws/encoding.h"
#include "aws/endpoint/endpoint.h"
#include "aws/error.h"
#include "aws/protocol/protocol.h"
#include "aws/session_parts.h"
#include "aws/time_text.h"
#include "base/log.h"
#include "base/wait.h"

namespace asiaq::aws {
namespace {

using namespace std::chrono_literals;

constexpr auto kTolerableSkew = 4min;
constexpr Seconds kMoment{10};

// DynamoDB sends a checksum of what it answers; it is of the bytes on the wire.
void check_integrity(const http::Response& response) {
  const std::string* given = response.headers.find("x-amz-crc32");
  if (given == nullptr || response.headers.find("Content-Encoding") != nullptr) return;
  const auto* bytes = reinterpret_cast<const Bytef*>(response.body.data());
  const uLong found = crc32_z(crc32_z(0, nullptr, 0), bytes, response.body.size());
  if (*given != std::to_string(found)) throw protocol::UnreadableResponse{"its checksum is wrong"};
}
constexpr int kMostRedirects = 2;

// One call with all its attempts.
class Call {
 public:
  Call(Session& session, const Service& service, const Operation& operation, const Streams& streams)
      : session_(session),
        parts_(session.parts()),
        service_(service),
        operation_(operation),
        streams_(streams) {}

  void run(const void* input, void* output) {
    prepare(input);
    count_.calls = 1;
    try {
      attempts(output);
    } catch (...) {
      count_.failures = 1;
      parts_.statistics.add(name(), count_);
      throw;
    }
    parts_.statistics.add(name(), count_);
  }

 private:
  std::string name() const {
    return std::string(service_.name) + " " + std::string(operation_.name);
  }

  void prepare(const void* input) {
    written_ = protocol::write_request(service_, operation_, input,
                                       {.idempotency_token = random_uuid(),
                                        .upload = streams_.upload,
                                        .uploads = parts_.settings.uploads,
                                        .downloads = parts_.settings.downloads});
    written_.http.headers.set("User-Agent", "asiaq/3");
    written_.http.headers.set("Amz-Sdk-Invocation-Id", random_uuid());
    input_ = input;
    if (service_.s3_signing) bucket_ = endpoint::bucket_of(operation_, input);
    address();
  }

  // Where the request goes, in the region as known by now.
  void address() {
    const std::string region = parts_.bucket_regions.of(bucket_).value_or(session_.region());
    endpoint_ = endpoint::resolve(service_, operation_, input_, region, parts_.settings);
    request_ = written_.http;
    request_.scheme = endpoint_.url.scheme;
    request_.host = written_.host_prefix + endpoint_.url.host;
    // A bucket is asked for without a slash behind its name.
    if (service_.s3_signing && request_.path == "/") request_.path.clear();
    request_.path = endpoint_.url.path + request_.path;
    if (request_.path.empty()) request_.path = "/";
    if (streams_.upload != nullptr) {
      request_.headers.set("X-Amz-Content-SHA256", request_.scheme == "https"
                                                       ? std::string(sign::kUnsignedPayload)
                                                       : sign::body_digest(request_));
    }
  }

  void attempts(void* output) {
    const SteadyTime started = parts_.clock.steady_now();
    std::map<retry::Failure, int> failures;
    bool paid = false;
    Problem problem;
    for (int number = 1;; ++number) {
      if (attempt(number, output, problem)) {
        if (quota_ != nullptr) quota_->succeeded(paid);
        return;
      }
      if (std::exchange(moved_, false)) continue;
      const Seconds elapsed = parts_.clock.steady_now() - started;
      const retry::Attempt facts{.number = number,
                                 .alike = ++failures[problem.failure],
                                 .failure = problem.failure,
                                 .elapsed = elapsed,
                                 .without_progress = std::min(elapsed, since_progress()),
                                 .hints = problem.hints,
                                 .dynamodb = service_.name == "dynamodb"};
      const auto pause = retry::pause_before_next(parts_.settings.retry, facts, parts_.random);
      if (!pause) raise(problem, number);
      paid = problem.failure == retry::Failure::transient;
      if (paid && !quota_->pay()) {
        log::debug("aws {}: not tried again, there were too many faults lately", name());
        raise(problem, number);
      }
      log::debug("aws {}: again in {:.2f} s", name(), pause->count());
      wait(*pause, problem);
    }
  }

  struct Problem {
    retry::Failure failure = retry::Failure::definite;
    retry::Hints hints{};
    std::variant<std::monostate, ConnectionError, ServiceError::Facts> reason;

    std::string text() const {
      if (const auto* facts = std::get_if<ServiceError::Facts>(&reason)) {
        return facts->code + (facts->message.empty() ? "" : ": " + facts->message);
      }
      const auto* error = std::get_if<ConnectionError>(&reason);
      return error == nullptr ? "AWS allows no more calls at once" : error->reason();
    }
  };

  // True: done. Otherwise says what went wrong; takes what went wrong the time before.
  bool attempt(int number, void* output, Problem& problem) {
    const credentials::Credentials credentials =
        operation_.auth == Auth::none ? credentials::Credentials{} : parts_.credentials.get();
    share_limits(credentials.source);
    const int most = std::max(parts_.settings.retry.most_attempts(), number);
    http::Request request = request_;
    request.headers.set("Amz-Sdk-Request", fmt::format("attempt={}; max={}", number, most));
    wait_for_permit(std::exchange(problem, {}));
    signed_skew_ = parts_.skews.of(request.host);
    sign(request, credentials);
    count_.attempts += 1;
    count_.bytes_sent += static_cast<std::int64_t>(upload_size(request));
    protocol::CheckedBody body(service_, operation_, streams_.download);
    if (streams_.download != nullptr) request.download = &body;
    sent_ = parts_.clock.steady_now();
    const auto report = [&](std::uint64_t received, const std::string& request_id,
                            std::string_view what) {
      log::debug("aws {} attempt {} of {}: {}, {:.0f} ms, {} bytes sent, {} received{}", name(),
                 number, most, what, Seconds(parts_.clock.steady_now() - sent_).count() * 1000,
                 upload_size(request), received,
                 request_id.empty() ? "" : ", request " + request_id);
    };
    try {
      const http::Resend resend =
          operation_.repeat == Repeat::safe ? http::Resend::allowed : http::Resend::forbidden;
      const http::Response response = parts_.transport->send(request, limits(), resend);
      const std::uint64_t bytes = received(response, body);
      count_.bytes_received += static_cast<std::int64_t>(bytes);
      if (const auto damage = body.damage()) {
        throw ConnectionError("the answer is damaged: " + *damage, ConnectionError::Sent::perhaps);
      }
      const bool done = finish(response, credentials, output, problem);
      const auto* error = std::get_if<ServiceError::Facts>(&problem.reason);
      report(bytes,
             error != nullptr ? error->request_id : protocol::request_id_of(response.headers),
             error != nullptr ? fmt::format("{} {}", response.status, error->code)
                              : std::to_string(response.status));
      return done;
    } catch (const ConnectionError& error) {
      report(0, "", error.reason());
      const bool repeatable =
          operation_.repeat == Repeat::safe || error.sent() == ConnectionError::Sent::no;
      problem.failure = repeatable ? retry::Failure::transient : retry::Failure::definite;
      problem.reason = error;
      return false;
    }
  }

  std::uint64_t upload_size(const http::Request& request) const {
    return streams_.upload != nullptr ? streams_.upload->size() : request.body.size();
  }

  // The bytes of the answer. What was not streamed is checked now.
  std::uint64_t received(const http::Response& response, protocol::CheckedBody& body) const {
    if (!response.is_good()) return response.body.size();
    if (streams_.download == nullptr) {
      body.begin(response.headers);
      body.write(response.body);
    }
    return body.bytes();
  }

  // A request that is under way when the time of the command is over is given up; clean-up behind
  // that time still gets a moment for each.
  http::Limits limits() const {
    http::Limits limits = parts_.settings.limits;
    if (const auto left = waiting_left(parts_.clock)) limits.whole = std::max(*left, kMoment);
    return limits;
  }

  void wait(Seconds pause, const Problem& problem) {
    const auto left = waiting_left(parts_.clock);
    const Seconds allowed = left ? std::min(*left, pause) : pause;
    count_.waited += allowed;
    parts_.clock.sleep_for(allowed);
    if (allowed < pause) throw waiting_is_over(name(), problem.text());
  }

  void sign(http::Request& request, const credentials::Credentials& credentials) const {
    if (operation_.auth == Auth::none) return;
    sign::Options options;
    if (service_.s3_signing) {
      options = {.path = sign::Options::Path::as_is,
                 .encoding = sign::Options::Encoding::once,
                 .body_header = sign::Options::BodyHeader::present};
    }
    const Timestamp now = parts_.clock.now() + signed_skew_;
    sign::sign_headers(
        request, credentials.keys,
        {.region = endpoint_.signing_region, .service = endpoint_.signing_name, .time = now},
        options);
  }

  double seconds(SteadyTime time) const { return Seconds(time.time_since_epoch()).count(); }
  double now_in_seconds() const { return seconds(parts_.clock.steady_now()); }

  void share_limits(const std::string& identity) {
    if (limiter_ != nullptr) return;
    const retry::Scope scope{.account = identity,
                             .region = endpoint_.signing_region,
                             .service = endpoint_.signing_name,
                             .effect = operation_.effect};
    limiter_ = &parts_.limits.limiter(scope, now_in_seconds());
    quota_ = &parts_.limits.quota(scope);
  }

  Seconds since_progress() const {
    return Seconds(std::max(0.0, now_in_seconds() - limiter_->last_accepted()));
  }

  void wait_for_permit(const Problem& before) {
    if (!parts_.settings.retry.rate_limiter) return;
    retry::RateLimiter::Place place(*limiter_);
    while (true) {
      const Seconds pause = place.ask(now_in_seconds());
      if (pause.count() <= 0) return;
      wait(pause, before);
    }
  }

  void record(retry::RateLimiter::Answer answer) const {
    limiter_->record(answer, seconds(sent_), now_in_seconds());
  }

  bool finish(const http::Response& response, const credentials::Credentials& credentials,
              void* output, Problem& problem) {
    if (response.is_good() && !protocol::is_error_in_disguise(service_, operation_, response)) {
      try {
        check_integrity(response);
        protocol::read_response(service_, operation_, response, output);
        record(retry::RateLimiter::Answer::accepted);
        parts_.new_things.note(operation_, response.body, parts_.clock.steady_now());
        return true;
      } catch (const protocol::UnreadableResponse& unreadable) {
        // The service has done its work: only a read may be asked again.
        ConnectionError error("the answer of " + name() + " cannot be read: " + unreadable.reason,
                              ConnectionError::Sent::perhaps);
        problem.failure = operation_.effect == Effect::read ? retry::Failure::transient
                                                            : retry::Failure::definite;
        problem.reason = error;
        return false;
      }
    }
    protocol::ErrorFacts error = protocol::read_error(service_, response);
    if (follow_bucket(response, error)) return false;
    // An error that came too late for its status.
    const int status = response.is_good() ? 500 : response.status;
    problem.failure = retry::classify(service_, operation_, error.code, status);
    problem.hints = retry::read_hints(response.headers, parts_.clock.now());
    ServiceError::Facts facts{.service = std::string(service_.name),
                              .operation = std::string(operation_.name),
                              .code = std::move(error.code),
                              .message = std::move(error.message),
                              .http_status = response.status,
                              .request_id = std::move(error.request_id),
                              .details = std::move(error.details)};
    weigh(problem.failure, response, credentials, facts);
    problem.reason = std::move(facts);
    return false;
  }

  // True if S3 says that the bucket is in another region: the request is now meant for there.
  bool follow_bucket(const http::Response& response, const protocol::ErrorFacts& error) {
    if (bucket_.empty() || redirects_ >= kMostRedirects) return false;
    const auto region = region_of_redirect(response, error);
    if (!region || *region == endpoint_.signing_region) return false;
    log::debug("bucket {} is in {}", bucket_, *region);
    parts_.bucket_regions.set(bucket_, *region);
    redirects_ += 1;
    moved_ = true;
    address();
    return true;
  }

  // What only the session can know about a failure.
  void weigh(retry::Failure& failure, const http::Response& response,
             const credentials::Credentials& credentials, ServiceError::Facts& facts) {
    const bool throttled = failure == retry::Failure::throttling;
    record(throttled ? retry::RateLimiter::Answer::throttled
                     : retry::RateLimiter::Answer::accepted);
    if (throttled) {
      count_.throttles += 1;
    } else if (failure == retry::Failure::definite &&
               parts_.new_things.explains(facts.code, facts.message, parts_.clock.steady_now())) {
      failure = retry::Failure::not_visible_yet;
    } else if (failure == retry::Failure::transient && operation_.repeat == Repeat::once) {
      failure = retry::Failure::definite;
      facts.outcome_unknown = true;
    } else if (failure == retry::Failure::expired_credentials) {
      if (credentials.expires) {
        parts_.credentials.invalidate(credentials.keys.access_key_id);
      } else {
        failure = retry::Failure::definite;
      }
    } else if (failure == retry::Failure::clock_skew && !correct_clock(response)) {
      failure = retry::Failure::definite;
    }
  }

  // True if our idea of the host's time was wrong and now is right.
  bool correct_clock(const http::Response& response) {
    const auto theirs = parse_time(response.headers.get("Date"));
    if (!theirs) return false;
    const auto skew = *theirs - parts_.clock.now();
    // Other threads may have learnt it since this request was signed.
    const Seconds change = Seconds(skew) - Seconds(signed_skew_);
    if (change < kTolerableSkew && -change < kTolerableSkew) return false;
    log::debug("the clock of {} is {:.0f} s ahead of ours", request_.host, Seconds(skew).count());
    parts_.skews.set(request_.host, skew);
    return true;
  }

  [[noreturn]] void raise(Problem& problem, int number) const {
    if (auto* facts = std::get_if<ServiceError::Facts>(&problem.reason)) {
      facts->attempts = number;
      ServiceError error(std::move(*facts));
      if (problem.failure == retry::Failure::throttling) {
        error.set_hint("too many calls of this kind: run the same command again later");
      }
      throw error;
    }
    ConnectionError error = std::get<ConnectionError>(problem.reason);
    if (operation_.repeat == Repeat::once && error.sent() == ConnectionError::Sent::perhaps) {
      error.set_hint(unknown_outcome_hint(operation_.name));
    }
    error.add_context(name() +
                      (number > 1 ? ", after " + std::to_string(number) + " attempts" : ""));
    throw error;
  }

  Session& session_;
  SessionParts& parts_;
  const Service& service_;
  const Operation& operation_;
  const Streams& streams_;
  const void* input_ = nullptr;
  protocol::WrittenRequest written_;
  std::string bucket_;
  endpoint::Endpoint endpoint_;
  Timestamp::duration signed_skew_{};  ///< what the attempt's signature allows for
  http::Request request_;
  int redirects_ = 0;
  bool moved_ = false;
  CallCount count_;
  SteadyTime sent_{};
  retry::RateLimiter* limiter_ = nullptr;
  retry::Quota* quota_ = nullptr;
};

}  // namespace

void call(Session& session, const Service& service, const Operation& operation, const void* input,
          void* output, const Streams& streams) {
  if (session.access() == Access::read_only && operation.effect == Effect::write) {
    throw ReadOnlyError(service.name, operation.name);
  }
  Call(session, service, operation, streams).run(input, output);
}

}  // namespace asiaq::aws
