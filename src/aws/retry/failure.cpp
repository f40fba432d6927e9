#include "aws/retry/failure.h"

#include <algorithm>
#include <array>

namespace asiaq::aws::retry {
namespace {

constexpr std::array<std::string_view, 14> kThrottling{"Throttling",
                                                       "ThrottlingException",
                                                       "ThrottledException",
                                                       "RequestThrottledException",
                                                       "RequestThrottled",
                                                       "TooManyRequestsException",
                                                       "ProvisionedThroughputExceededException",
                                                       "TransactionInProgressException",
                                                       "RequestLimitExceeded",
                                                       "BandwidthLimitExceeded",
                                                       "LimitExceededException",
                                                       "SlowDown",
                                                       "PriorRequestNotComplete",
                                                       "EC2ThrottledException"};
constexpr std::array<std::string_view, 3> kTransient{"RequestTimeout", "RequestTimeoutException",
                                                     "IDPCommunicationError"};
constexpr std::array<std::string_view, 4> kSkew{"RequestTimeTooSkewed", "RequestInTheFuture",
                                                "RequestExpired", "InvalidSignatureException"};
constexpr std::array<std::string_view, 4> kExpired{"ExpiredToken", "ExpiredTokenException",
                                                   "TokenRefreshRequired", "InvalidToken"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

Failure classify(const Service&, const Operation& operation, std::string_view code, int status) {
  if (contains(kThrottling, code)) return Failure::throttling;
  bool modelled = false;
  for (const ErrorShape& error : operation.errors) {
    if (error.code != code) continue;
    modelled = true;
    if (error.retryable) return error.throttling ? Failure::throttling : Failure::transient;
  }
  // An answer to HEAD has no body that could say what is wrong.
  const bool is_mute = operation.http_method == "HEAD" && code == "403";
  if (contains(kSkew, code) || code == "SignatureDoesNotMatch" || code == "AuthFailure" || is_mute)
    return Failure::clock_skew;
  if (contains(kExpired, code)) return Failure::expired_credentials;
  if (contains(kTransient, code)) return Failure::transient;
  if (status == 429 && !modelled) return Failure::throttling;
  if (status == 500 || status == 502 || status == 503 || status == 504) return Failure::transient;
  return Failure::definite;
}

}  // namespace asiaq::aws::retry
